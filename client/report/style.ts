/** Colours are chosen so that text has a contrast of at least 4.5 : 1 on its ground in both schemes; a test measures it. */
export const style = `
:root { color-scheme: light dark;
  --ground: #f6f7f9; --card: #ffffff; --text: #1b2330; --soft: #525e70; --line: #d9dee6; --accent: #1d5fbf;
  --bar: #b9cdec; --part: #1d5fbf; --code: #eef1f5;
  --good: #11632f; --good-ground: #dcf2e3; --wait: #7a4b00; --wait-ground: #fdeecb; --bad: #9b1c1c; --bad-ground: #fbe0e0;
  --plain: #414b5a; --plain-ground: #e7ebf0 }
@media (prefers-color-scheme: dark) { :root {
  --ground: #11151b; --card: #191f28; --text: #e6eaf0; --soft: #a3aebd; --line: #323c4a; --accent: #8ab8ff;
  --bar: #35507a; --part: #8ab8ff; --code: #232b37;
  --good: #86e0a6; --good-ground: #173726; --wait: #f5c766; --wait-ground: #3d2f10; --bad: #ffa3a3; --bad-ground: #46191c;
  --plain: #c0c9d6; --plain-ground: #2b3441 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif }
header, main, footer { max-width: 70rem; margin: 0 auto; padding: 0 1.25rem }
header { padding-top: 1.75rem } footer { padding-bottom: 2rem; color: var(--soft) }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.2rem; margin: 0 0 .5rem } h3 { font-size: 1rem; margin: 1.75rem 0 .4rem }
p { margin: .3rem 0 } a { color: var(--accent) }
a:focus-visible, .scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
.lead, .note { color: var(--soft) }
main > section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.1rem 1.25rem 1.25rem; margin: 1.1rem 0 }
ul.todo { margin: 0; padding: 0; list-style: none } ul.todo li { padding: .45rem 0; border-top: 1px solid var(--line) }
ul.todo li:first-child { border-top: 0 } ul.todo .command { margin: .2rem .4rem 0 0 }
.scroll { overflow-x: auto } table { border-collapse: collapse; width: 100% }
caption { text-align: left; color: var(--soft); padding: .2rem 0 .35rem }
th, td { text-align: left; vertical-align: top; padding: .35rem 1.4rem .35rem 0; border-top: 1px solid var(--line) }
th { font-weight: 600; color: var(--soft); border-top: 0; white-space: nowrap }
.figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap } td small { color: var(--soft) } th:last-child, td:last-child { padding-right: 0 }
time { white-space: nowrap }
code { font: .88em/1.4 ui-monospace, Menlo, Consolas, monospace; background: var(--code); border-radius: 5px; padding: .1rem .35rem; overflow-wrap: anywhere }
.command { display: inline-block; user-select: all }
.chip { display: inline-block; border-radius: 999px; padding: 0 .6rem; font-size: .85rem; font-weight: 600; white-space: nowrap }
.good { color: var(--good); background: var(--good-ground) } .wait { color: var(--wait); background: var(--wait-ground) }
.bad { color: var(--bad); background: var(--bad-ground) } .plain { color: var(--plain); background: var(--plain-ground) }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem 1.5rem } figure { margin: 0 }
figcaption { color: var(--soft) } .chart { width: 100%; height: auto; display: block }
.chart text { font: 11px system-ui, sans-serif; fill: var(--soft) } .tick { text-anchor: middle } .grid { stroke: var(--line) } .grid + .tick { text-anchor: end }
.bar { fill: var(--bar) } .part { fill: var(--part) } .stem { stroke: var(--bar); stroke-width: 3 } .dot { fill: var(--part) }
.key::before { content: ""; display: inline-block; width: .75em; height: .75em; border-radius: 2px; margin: 0 .35em 0 .6em; background: var(--bar) }
.key.changed::before { background: var(--part) }
button { font: inherit; font-weight: 600; color: var(--accent); background: var(--card); border: 1px solid var(--accent); border-radius: 6px; padding: .2rem .7rem; margin: .25rem .4rem 0 0; min-height: 1.75rem; cursor: pointer }
input, select { font: inherit; color: var(--text); background: var(--card); border: 1px solid var(--soft); border-radius: 6px; padding: .2rem .5rem; min-height: 1.75rem; max-width: 100% }
button:focus-visible, input:focus-visible, select:focus-visible, pre:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
form.ask { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end } form.ask label { display: grid; color: var(--soft) }
pre { overflow-x: auto; background: var(--code); border-radius: 6px; padding: .75rem 1rem; font: .88em/1.5 ui-monospace, Menlo, Consolas, monospace }
@media print { body { background: none } main > section { break-inside: avoid; border: 0; padding: 0 } }
`
