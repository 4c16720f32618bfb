import { register } from 'node:module'
import process from 'node:process'

// Before a worker loads anything: its module of the product is replaced by the mutant that the environment names.
register('./hooks.js', import.meta.url, { data: JSON.parse(process.env.PIMFLOW_CHAOS_MUTANT) })
