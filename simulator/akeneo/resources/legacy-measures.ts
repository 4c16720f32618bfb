import type { MeasurementFamily } from '../catalog/records.ts'
import { notFound } from '../errors.ts'
import { ok } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import type { JsonObject } from '../json.ts'
import type { Pim } from '../pim.ts'
import { API, found, listAll } from './listing.ts'

/** The read-only list that measurement families replaced in 5.0; it is still there. */
export function legacyMeasureRoutes(pim: Pim): Route[] {
  const path = `${API}/measure-families`
  return [
    {
      method: 'GET',
      template: path,
      name: 'pim_api_measure_family_list',
      handler: (request) => listAll(request, path, () => pim.catalog.measurementFamilies.sorted(), render),
    },
    {
      method: 'GET',
      template: `${path}/{code}`,
      name: 'pim_api_measure_family_get',
      handler: ({ params }) => {
        const code = params['code'] ?? ''
        const missing = () => notFound(`Measure family with code "${code}" does not exist.`)
        return ok(render(found(pim.catalog.measurementFamilies.get(code), missing)))
      },
    },
  ]
}

function render(family: MeasurementFamily): JsonObject {
  return {
    code: family.code,
    standard: family.standard_unit_code,
    units: Object.values(family.units).map((unit) => ({
      code: unit.code,
      convert: Object.fromEntries(unit.convert_from_standard.map(({ operator, value }) => [operator, value])),
      symbol: unit.symbol,
    })),
  }
}
