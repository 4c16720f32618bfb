import { register } from 'node:module'
import process from 'node:process'

// Before a worker loads anything: modules of the product are replaced by those that the environment names.
register('./hooks.js', import.meta.url, { data: JSON.parse(process.env.PIMFLOW_CHAOS_REPLACED) })
