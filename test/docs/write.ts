import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { projectRoot } from '../packaging/files.ts'
import { generatedFiles, regenerated } from './blocks.ts'

/** `npm run docs`: writes the parts of the docs that come from the sources. */
for (const path of generatedFiles) {
  writeFileSync(resolve(projectRoot, path), await regenerated(path))
  console.log(path)
}
