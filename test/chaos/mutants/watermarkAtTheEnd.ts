import * as real from '../../../connectors/hub/runs.ts'

export * from '../../../connectors/hub/runs.ts'

/** The watermark moves when a run begins. */
export const setRunWindow: typeof real.setRunWindow = async (db, id, window) => {
  await real.setRunWindow(db, id, window)
  const { connection } = await real.runById(db, id)
  await real.moveWatermark(db, connection, window.t0, { hourly: false, nightly: false })
}
