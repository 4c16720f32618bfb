/** In the browser: puts what is new into the page every half minute, unless somebody is at something in it or looks elsewhere. */
export const refresh = `
setInterval(async () => {
  const main = document.querySelector('main')
  if (document.hidden || main.contains(document.activeElement) || String(getSelection()) !== '') return
  try {
    const answer = await fetch('/', { credentials: 'same-origin' })
    if (!answer.ok) return
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    document.querySelector('header').replaceWith(page.querySelector('header'))
    main.replaceWith(page.querySelector('main'))
  } catch {}
}, 30000)
`
