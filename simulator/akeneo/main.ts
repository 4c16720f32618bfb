import { CatalogFileError } from './csv/table.ts'
import { akeneoCommand } from './cli.ts'

try {
  await akeneoCommand().parseAsync()
} catch (error) {
  if (!(error instanceof CatalogFileError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
