/**
 * Units of the measurement families that every Akeneo has, as far as catalogues here use them (MeasurementInstaller of the
 * PIM). A family that is not listed is not checked.
 */
export const standardUnits = new Map([
  [
    'Weight',
    [
      'MICROGRAM',
      'MILLIGRAM',
      'GRAM',
      'KILOGRAM',
      'TON',
      'GRAIN',
      'DENIER',
      'ONCE',
      'MARC',
      'LIVRE',
      'OUNCE',
      'POUND',
    ],
  ],
  [
    'Length',
    [
      ...[
        'MICROMETER',
        'NANOMETER',
        'MILLIMETER',
        'CENTIMETER',
        'DECIMETER',
        'METER',
        'DEKAMETER',
        'HECTOMETER',
      ],
      ...['KILOMETER', 'MIL', 'INCH', 'FEET', 'YARD', 'CHAIN', 'FURLONG', 'MILE'],
    ],
  ],
  ['Power', ['WATT', 'KILOWATT', 'MEGAWATT', 'GIGAWATT', 'TERAWATT']],
])
