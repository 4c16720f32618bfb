import type { RecordFamily } from '../../catalog/record-family.ts'
import { notFound } from '../../errors.ts'
import { created, noContent, type ApiRequest, type ApiResponse } from '../../http/request.ts'
import type { JsonObject } from '../../json.ts'
import type { Pim } from '../../pim.ts'
import { found } from '../listing.ts'
import type { Flavour } from './flavours.ts'

/** What all routes of one flavour begin and end with. */
export interface Scope {
  pim: Pim
  flavour: Flavour
  family: (request: ApiRequest) => RecordFamily
  attribute: (request: ApiRequest) => JsonObject & { code: string }
  /** 201 or 204 with the address, which is relative to the flavour's path. */
  written: (request: ApiRequest, rest: string, isNew: boolean) => ApiResponse
}

export function scopeOf(pim: Pim, flavour: Flavour): Scope {
  const families = flavour.families(pim)
  const noun = flavour.noun.toLowerCase()
  const family = ({ params }: ApiRequest): RecordFamily => {
    const code = params['family'] ?? ''
    const known = families.get(code)
    const isIt = known !== undefined && (!flavour.caseSensitive || known.code === code)
    return found(isIt ? known : undefined, () => notFound(`${flavour.noun} "${code}" does not exist.`))
  }
  return {
    pim,
    flavour,
    family,
    attribute(request) {
      const code = request.params['attribute'] ?? ''
      const owner = family(request)
      return found(owner.attributes.get(code), () =>
        notFound(`Attribute "${code}" does not exist for the ${noun} "${owner.code}".`),
      )
    },
    written(request, rest, isNew) {
      const location = `${request.origin}${flavour.path}/${rest}`
      return isNew ? created(location) : noContent({ location })
    },
  }
}
