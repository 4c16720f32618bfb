import { monitor, phone, text, area, editor, type RecordedCell } from './cell.ts'

/** Texts, HTML and dates. */
export const texts: RecordedCell[] = [
  {
    file: monitor,
    line: 5,
    xml: 'Title="iiyama X4071UHSU-B1 39.5&quot; LED 4K Ultra HD Black public display"',
    into: text,
    rule: '{ from: title, max: 30, cut: word }',
    cell: 'iiyama X4071UHSU-B1 39.5" LED',
  },
  {
    file: monitor,
    line: 5,
    xml: 'Title="iiyama X4071UHSU-B1 39.5&quot; LED 4K Ultra HD Black public display"',
    into: { max_characters: 20 },
    rule: 'title',
    cell: 'too-long',
  },
  {
    file: monitor,
    line: 12,
    xml: '&lt;b&gt;4K&lt;/b&gt;\\n\\nUHD resolution',
    into: editor,
    rule: 'description.long',
    cell: /^<b>Stylish 40” screen with 4K resolution and USB hub<\/b><br \/><br \/>The ProLite X4071UHSU-B1 is an impressive 4K \(3840 x 2160\) monitor,/,
  },
  {
    file: monitor,
    line: 12,
    xml: '&lt;b&gt;4K&lt;/b&gt;\\n\\nUHD resolution',
    into: area,
    rule: 'description.long',
    cell: /^Stylish 40” screen with 4K resolution and USB hub\nThe ProLite X4071UHSU-B1 is an impressive/,
  },
  {
    file: phone,
    line: 15,
    xml: 'ShortDesc="en_US short description"',
    into: text,
    rule: 'description.short',
    cell: 'en_US short description',
  },
  {
    file: monitor,
    line: 5,
    xml: 'Prod_id="X4071UHSU-B1"',
    into: text,
    rule: '{ template: "{brand} {code}" }',
    cell: 'iiyama X4071UHSU-B1',
  },
  {
    file: phone,
    line: 5,
    xml: 'ReleaseDate="2016-02-22"',
    into: { type: 'pim_catalog_date' },
    rule: 'releaseDate',
    cell: '2016-02-22',
  },
]
