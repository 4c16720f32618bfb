import { icecatCommand } from './cli.ts'

await icecatCommand().parseAsync()
