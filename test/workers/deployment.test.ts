import { describe, expect, it } from 'vitest'
import { deploymentVersion } from '../../workers/deployment.ts'
import { packageJson } from '../packaging/files.ts'

describe('the version of a worker', () => {
  it('is none where no deployment is named', () => {
    expect(deploymentVersion(undefined, {})).toBeNull()
    expect(
      deploymentVersion(undefined, { TEMPORAL_DEPLOYMENT_NAME: '', TEMPORAL_WORKER_BUILD_ID: '7' }),
    ).toBeNull()
  })

  it('is that of the package in the deployment of the configuration', () => {
    expect(deploymentVersion('pimflow', { TEMPORAL_WORKER_BUILD_ID: '' })).toEqual({
      deploymentName: 'pimflow',
      buildId: packageJson.version,
    })
  })

  it('is what the variables say, which go before', () => {
    const env = { TEMPORAL_DEPLOYMENT_NAME: 'shop/pimflow', TEMPORAL_WORKER_BUILD_ID: '0.1.0-b7' }
    expect(deploymentVersion('pimflow', env)).toEqual({ deploymentName: 'shop/pimflow', buildId: '0.1.0-b7' })
  })
})
