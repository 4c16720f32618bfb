import { table } from './csv-files.ts'

export const COLORS = { white: 'Weiß', black: 'Schwarz', brass: 'Messing', sage: 'Salbei', coral: 'Koralle', navy: 'Marine' }
export const SIZES = ['s', 'm', 'l', 'xl']

const title = (code: string) => code.charAt(0).toUpperCase() + code.slice(1)

/** Writes what products and models are made of: trees, channels, attributes with their options, families. */
export function writeStructure(): void {
  const LABELS = 'label-en_US;label-de_DE;label-fr_FR'
  table('locales.csv', 'code', ['en_US', 'de_DE', 'fr_FR', 'en_GB'])
  table('currencies.csv', 'code;activated', ['EUR;1', 'USD;1', 'GBP;0'])
  table('categories.csv', `code;parent;${LABELS}`, [
    'master;;Master catalogue;Hauptkatalog;Catalogue principal',
    'lamps;master;Lamps;Leuchten;Lampes',
    'desk_lamps;lamps;Desk lamps;Tischleuchten;Lampes de bureau',
    'floor_lamps;lamps;Floor lamps;Stehleuchten;Lampadaires',
    'pendant_lights;lamps;Pendant lights;Pendelleuchten;Suspensions',
    'furniture_lights;master;Furniture lights;Möbelleuchten;Éclairage de meubles',
    'jackets;master;Jackets;Jacken;Vestes',
    'accessories;master;Accessories;Zubehör;Accessoires',
    'sales;;Sales catalogue;Verkaufskatalog;Catalogue de vente',
    'sales_lamps;sales;Lamps;Leuchten;Lampes',
    'sales_jackets;sales;Jackets;Jacken;Vestes',
    'clearance;sales;Clearance;Restposten;Déstockage',
  ])
  table('channels.csv', `code;${LABELS};locales;currencies;tree`, [
    'ecommerce;Ecommerce;Onlineshop;Boutique;en_US,de_DE,fr_FR;EUR,USD;master',
    'print;Print;Druck;Impression;en_US,de_DE;EUR;master',
  ])
  table('attribute_groups.csv', `code;sort_order;${LABELS}`, [
    'marketing;1;Marketing;Marketing;Marketing',
    'technical;2;Technical;Technik;Technique',
    'trade;3;Trade;Handel;Commerce',
    'media;4;Media;Medien;Médias',
    'other;100;Other;Sonstige;Autre',
  ])
  const FLAGS = 'localizable;scopable;unique;useable_as_grid_filter;sort_order'
  const SPECIALS = 'decimals_allowed;negative_allowed;metric_family;default_metric_unit;allowed_extensions;wysiwyg_enabled'
  table('attributes.csv', `code;type;group;${LABELS};${FLAGS};${SPECIALS}`, [
    'sku;pim_catalog_identifier;trade;SKU;Artikelnummer;Référence;0;0;1;1;1;;;;;;',
    'name;pim_catalog_text;marketing;Name;Name;Nom;0;0;0;1;1;;;;;;',
    'description;pim_catalog_textarea;marketing;Description;Beschreibung;Description;1;1;0;0;2;;;;;;1',
    'brand;pim_catalog_simpleselect;marketing;Brand;Marke;Marque;0;0;0;1;3;;;;;;',
    'collection;pim_catalog_multiselect;marketing;Collection;Kollektion;Collection;0;0;0;0;4;;;;;;',
    'care_note;pim_catalog_text;marketing;Care;Pflege;Entretien;1;0;0;0;5;;;;;;',
    'variation_name;pim_catalog_text;marketing;Variant name;Variantenname;Nom de variante;1;0;0;0;6;;;;;;',
    'release_date;pim_catalog_date;marketing;Released;Erscheint am;Sortie;0;0;0;0;7;;;;;;',
    'weight;pim_catalog_metric;technical;Weight;Gewicht;Poids;0;0;0;1;1;1;0;Weight;KILOGRAM;;',
    'power;pim_catalog_metric;technical;Power;Leistung;Puissance;0;0;0;0;2;0;0;Power;WATT;;',
    'length;pim_catalog_metric;technical;Length;Länge;Longueur;0;0;0;0;3;1;0;Length;CENTIMETER;;',
    'dimmable;pim_catalog_boolean;technical;Dimmable;Dimmbar;Variateur;0;0;0;1;4;;;;;;',
    'main_color;pim_catalog_simpleselect;technical;Main colour;Hauptfarbe;Couleur principale;0;0;0;1;5;;;;;;',
    'color;pim_catalog_simpleselect;technical;Colour;Farbe;Couleur;0;0;0;1;6;;;;;;',
    'size;pim_catalog_simpleselect;technical;Size;Größe;Taille;0;0;0;1;7;;;;;;',
    'material;pim_catalog_simpleselect;technical;Material;Material;Matière;0;0;0;0;8;;;;;;',
    'ean;pim_catalog_text;trade;EAN;EAN;EAN;0;0;1;1;2;;;;;;',
    'mpn;pim_catalog_text;trade;MPN;Herstellernummer;Référence fabricant;0;0;0;0;3;;;;;;',
    'price;pim_catalog_price_collection;trade;Price;Preis;Prix;0;0;0;0;4;1;;;;;',
    'sale_price;pim_catalog_price_collection;trade;Sale price;Aktionspreis;Prix promotionnel;0;0;0;0;5;1;;;;;',
    'stock_main;pim_catalog_number;trade;Stock;Bestand;Stock;0;0;0;0;6;0;0;;;;',
    'case_quantity;pim_catalog_number;trade;Case of;Karton zu;Carton de;0;0;0;0;7;0;0;;;;',
    'case_ean;pim_catalog_text;trade;Case EAN;Karton-EAN;EAN du carton;0;0;0;0;8;;;;;;',
    'case_price;pim_catalog_price_collection;trade;Case price;Kartonpreis;Prix du carton;0;0;0;0;9;1;;;;;',
    'image;pim_catalog_image;media;Image;Bild;Image;0;0;0;0;1;;;;;jpg,jpeg,png;',
    'variation_image;pim_catalog_image;media;Variant image;Variantenbild;Image de variante;0;0;0;0;2;;;;;jpg,jpeg,png;',
    'notice;pim_catalog_file;media;Manual;Anleitung;Notice;0;0;0;0;3;;;;;pdf;',
  ])
  const option = (attribute: string, code: string, position: number, labels: string) =>
    `${code};${attribute};${position};${labels}`
  const colors = (attribute: string) =>
    Object.entries(COLORS).map(([code, german], index) => option(attribute, code, index + 1, `${title(code)};${german};${title(code)}`))
  table('attribute_options.csv', `code;attribute;sort_order;${LABELS}`, [
    ...['northlamp', 'fjordlys', 'oakline', 'calorra'].map((code, index) =>
      option('brand', code, index + 1, `${title(code)};${title(code)};${title(code)}`),
    ),
    ...colors('main_color'),
    ...colors('color'),
    ...SIZES.map((size, index) => option('size', size, index + 1, `${size.toUpperCase()};${size.toUpperCase()};${size.toUpperCase()}`)),
    option('material', 'wool', 1, 'Wool;Wolle;Laine'),
    option('material', 'cotton', 2, 'Cotton;Baumwolle;Coton'),
    option('material', 'recycled', 3, 'Recycled fibre;Recyclingfaser;Fibre recyclée'),
    option('collection', 'winter_2016', 1, 'Winter 2016;Winter 2016;Hiver 2016'),
    option('collection', 'summer_2017', 2, 'Summer 2017;Sommer 2017;Été 2017'),
  ])
  const COMMON = 'sku,name,description,brand,ean,mpn,price,sale_price,stock_main,case_quantity,case_ean,case_price,image'
  table('families.csv', `code;${LABELS};attributes;attribute_as_label;attribute_as_image;requirements-ecommerce;requirements-print`, [
    `lamps;Lamps;Leuchten;Lampes;${COMMON},notice,weight,power,dimmable,main_color,care_note,release_date,collection;name;image;sku,name,description,price,weight;sku,name`,
    `furniture_lights;Furniture lights;Möbelleuchten;Éclairage de meubles;${COMMON},weight,power,length;name;image;sku,name,price;sku,name`,
    `jackets;Jackets;Jacken;Vestes;${COMMON},weight,color,size,material,care_note,collection,variation_name,variation_image;name;image;sku,name,price,color,size;sku,name`,
    `accessories;Accessories;Zubehör;Accessoires;${COMMON};name;image;sku,name,price;sku`,
    `kits;Kits;Sets;Lots;${COMMON};name;image;sku,name,price;sku`,
  ])
  table('family_variants.csv', `code;family;${LABELS};variant-axes_1;variant-attributes_1;variant-axes_2;variant-attributes_2`, [
    'jackets_color_size;jackets;By colour and size;Nach Farbe und Größe;Par couleur et taille;color;color,variation_name,variation_image;size;size,sku,ean,weight,stock_main',
    'lamps_color;lamps;By colour;Nach Farbe;Par couleur;main_color;main_color,sku,ean,weight,stock_main,image;;',
    'furniture_lights_length;furniture_lights;By length;Nach Länge;Par longueur;length;length,sku,ean,weight,price,stock_main;;',
  ])
  table('association_types.csv', `code;${LABELS};is_quantified;is_two_way`, [
    'X_SELL;Cross sell;Cross-Selling;Vente croisée;0;0',
    'UPSELL;Upsell;Upselling;Montée en gamme;0;0',
    'SUBSTITUTION;Substitution;Ersatz;Remplacement;0;0',
    'PACK;Pack;Set;Lot;1;0',
  ])
  table('group_types.csv', 'code', ['RELATED'])
  table('groups.csv', `code;type;${LABELS}`, ['promotion;RELATED;Promotion;Aktion;Promotion'])
}
