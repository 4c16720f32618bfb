/** The invented taxonomy: categories, brands, measures, features and the words that are the same everywhere. */

/** By language. */
export type Texts = Record<string, string>

export const all = ['EN', 'DE', 'FR', 'NL', 'ES']

export const categories = [
  {
    id: '99010',
    names: {
      EN: 'table lamps',
      DE: 'Tischleuchten',
      FR: 'lampes de table',
      NL: 'tafellampen',
      ES: 'lámparas de mesa',
    },
    unspsc: '39111500',
    vertical: 'home',
  },
  {
    id: '99011',
    names: { EN: 'pendant lights', DE: 'Pendelleuchten', FR: 'suspensions' },
    unspsc: '39111501',
    vertical: 'home',
  },
  {
    id: '99020',
    names: { EN: 'jackets', DE: 'Jacken', FR: 'vestes' },
    unspsc: '53101800',
    vertical: 'fashion',
  },
  {
    id: '99030',
    names: { EN: 'monitors', DE: 'Monitore', FR: 'moniteurs', NL: 'monitoren', ES: 'monitores' },
    unspsc: '43211900',
    vertical: 'it',
  },
  {
    id: '99040',
    names: { EN: 'compact cameras', DE: 'Kompaktkameras', FR: 'appareils photo compacts' },
    unspsc: '45121500',
    vertical: 'photo',
  },
  {
    id: '99050',
    names: { EN: 'smartphones', DE: 'Smartphones', FR: 'smartphones' },
    unspsc: '43191500',
    vertical: 'it',
  },
  {
    id: '99060',
    names: { EN: 'light bulbs', DE: 'Leuchtmittel', FR: 'ampoules' },
    unspsc: '39101600',
    vertical: 'home',
  },
]

const brand = (id: string, name: string, sponsor: boolean, aliases: string[] = []) => ({
  id,
  name,
  sponsor,
  aliases,
})
export const brands = [
  brand('990001', 'Northlamp', true, ['North Lamp', 'NORTHLAMP AS']),
  brand('990002', 'Fjordlys', true, ['Fjord Lys']),
  brand('990003', 'Oakline', false),
  brand('990004', 'Calorra', true),
  brand('990005', 'Pixelwerk', true, ['Pixel-Werk GmbH']),
  brand('990006', 'Lumera & Söhne', false, ['Lumera']),
  brand('990007', 'Vistano', false),
  brand('990008', 'Kamaro', true),
  brand('990009', 'Telavi', false),
  brand('990010', 'C# Labs', false, ['CSharp Labs']),
  brand('990011', 'Brightwell', false),
  brand('990012', 'Zero+', true),
]

const measure = (id: string, sign: string, signs: Texts = {}) => ({
  id,
  sign,
  signs: sign === '' ? {} : { EN: sign, ...signs },
})
export const measures = [
  measure('16', '"', { DE: 'Zoll' }),
  measure('18', 'MHz'),
  measure('24', 'mm'),
  measure('26', ''),
  measure('27', 'ms'),
  measure('29', ''),
  measure('38', 'g'),
  measure('39', 'pixels', { DE: 'Pixel' }),
  measure('44', 'W'),
  measure('61', 'lm'),
  measure('62', 'K'),
  measure('65', '°C'),
  measure('71', 'm'),
  measure('199', 'stone'),
]

export const groups = [
  { id: '5', names: { EN: 'Display', DE: 'Display', FR: 'Écran', NL: 'Beeldscherm', ES: 'Exhibición' } },
  { id: '12', names: { EN: 'Light', DE: 'Licht', FR: 'Lumière' } },
  {
    id: '14',
    names: { EN: 'Weight & dimensions', DE: 'Gewicht und Abmessungen', FR: 'Poids et dimensions' },
  },
  { id: '27', names: { EN: 'Power', DE: 'Energie', FR: 'Énergie' } },
  { id: '28', names: { EN: 'Technical details', DE: 'Technische Details', FR: 'Détails techniques' } },
  { id: '99', names: { EN: 'Long list', DE: 'Lange Liste' } },
]

const feature = (
  id: string,
  type: string,
  measureId: string,
  group: string,
  names: Texts,
  flags: object = {},
) => ({ id, names, type, measure: measureId, group, ...flags })
const mandatory = { mandatory: true, searchable: true }
export const features = [
  feature(
    '94',
    'numerical',
    '38',
    '14',
    { EN: 'Weight', DE: 'Gewicht', FR: 'Poids', NL: 'Gewicht', ES: 'Peso' },
    mandatory,
  ),
  feature('1649', 'numerical', '24', '14', { EN: 'Width', DE: 'Breite', FR: 'Largeur' }),
  feature('1650', 'numerical', '24', '14', { EN: 'Depth', DE: 'Tiefe', FR: 'Profondeur' }),
  feature('1464', 'numerical', '24', '14', { EN: 'Height', DE: 'Höhe', FR: 'Hauteur' }),
  feature('49', '3d', '24', '14', {
    EN: 'Dimensions (WxDxH)',
    DE: 'Abmessungen (B x T x H)',
    FR: 'Dimensions',
  }),
  feature(
    '445',
    'numerical',
    '44',
    '27',
    { EN: 'Power consumption (typical)', DE: 'Stromverbrauch (typisch)', FR: 'Consommation' },
    mandatory,
  ),
  feature('2705', 'dropdown', '29', '27', {
    EN: 'Energy efficiency class',
    DE: 'Energieeffizienzklasse',
    FR: 'Classe énergétique',
  }),
  feature(
    '1766',
    'dropdown',
    '29',
    '28',
    { EN: 'Colour of product', DE: 'Produktfarbe', FR: 'Couleur du produit' },
    mandatory,
  ),
  feature('5001', 'y_n', '26', '12', { EN: 'Dimmable', DE: 'Dimmbar', FR: 'Variateur' }, mandatory),
  feature('5002', 'numerical', '61', '12', { EN: 'Luminous flux', DE: 'Lichtstrom', FR: 'Flux lumineux' }),
  feature('5003', 'numerical', '62', '12', {
    EN: 'Colour temperature',
    DE: 'Farbtemperatur',
    FR: 'Température de couleur',
  }),
  feature('5004', 'dropdown', '29', '28', { EN: 'Material', DE: 'Material', FR: 'Matière' }),
  feature('5006', 'numerical', '71', '27', { EN: 'Cable length', DE: 'Kabellänge', FR: 'Longueur du câble' }),
  feature('5007', 'date', '29', '28', { EN: 'Introduced', DE: 'Eingeführt', FR: 'Lancement' }),
  feature('5008', 'y_n_o', '29', '28', { EN: 'Remote control', DE: 'Fernbedienung', FR: 'Télécommande' }),
  feature('5009', 'numerical', '199', '14', { EN: 'Shipping weight', DE: 'Versandgewicht' }),
  feature(
    '944',
    'numerical',
    '16',
    '5',
    { EN: 'Display diagonal', DE: 'Bildschirmdiagonale', FR: "Taille de l'écran" },
    mandatory,
  ),
  feature('1585', '2d', '39', '5', {
    EN: 'Display resolution',
    DE: 'Bildschirmauflösung',
    FR: "Résolution de l'écran",
  }),
  feature('1516', 'numerical', '27', '5', {
    EN: 'Response time',
    DE: 'Reaktionszeit',
    FR: 'Temps de réponse',
  }),
  feature('4963', 'y_n', '26', '5', { EN: 'Touchscreen', DE: 'Touchscreen', FR: 'Écran tactile' }),
  feature('39', 'ratio', '29', '5', { EN: 'Aspect ratio', DE: 'Seitenverhältnis', FR: "Format d'image" }),
  feature('6087', 'contrast ratio', '29', '5', {
    EN: 'Contrast ratio (dynamic)',
    DE: 'Kontrast (dynamisch)',
  }),
  feature('24847', 'text', '29', '5', {
    EN: 'Display number of colours',
    DE: 'Anzahl der Farben des Displays',
  }),
  feature('1618', 'ratio', '16', '28', { EN: 'Optical sensor size', DE: 'CCD-Sensorgröße' }),
  feature('1574', 'text', '29', '28', { EN: 'Sensor type', DE: 'Sensor-Typ' }),
  feature('74', 'numerical', '29', '28', { EN: 'Optical zoom', DE: 'Optischer Zoom' }),
  feature('730', 'multi_dropdown', '29', '28', {
    EN: 'Compatible memory cards',
    DE: 'Kompatible Speicherkarten',
  }),
  feature('7061', 'multi_dropdown', '18', '28', { EN: '2G bands', DE: '2G-Bänder' }),
  feature('1112', 'range', '65', '28', { EN: 'Operating temperature (T-T)', DE: 'Betriebstemperatur' }),
  feature('5005', 'multi_dropdown', '29', '28', { EN: 'Protection features', DE: 'Schutzfunktionen' }),
  feature('5010', 'textarea', '29', '28', { EN: 'Care', DE: 'Pflege' }),
  ...Array.from({ length: 120 }, (_, index) =>
    feature(String(6000 + index), 'text', '29', '99', {
      EN: `Property ${index + 1}`,
      DE: `Eigenschaft ${index + 1}`,
    }),
  ),
]

export const vocabulary: Record<string, Texts> = {
  White: { DE: 'Weiß', FR: 'Blanc', NL: 'Wit', ES: 'Blanco' },
  Black: { DE: 'Schwarz', FR: 'Noir', NL: 'Zwart', ES: 'Negro' },
  Brass: { DE: 'Messing', FR: 'Laiton' },
  Sage: { DE: 'Salbei', FR: 'Sauge' },
  Coral: { DE: 'Koralle', FR: 'Corail' },
  Navy: { DE: 'Marine', FR: 'Marine' },
  Wool: { DE: 'Wolle', FR: 'Laine' },
  Cotton: { DE: 'Baumwolle', FR: 'Coton' },
  'Dust resistant': { DE: 'Staubresistent', FR: 'Résistant à la poussière' },
  'Water resistant': { DE: 'Wasserfest', FR: "Résistant à l'eau" },
}
