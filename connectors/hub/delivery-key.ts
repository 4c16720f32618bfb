import type { Queryable } from './database.ts'

/** One output on its way to one destination. */
export interface DeliveryKey {
  connection: string
  output: string
  destination: string
}

/** The rows of a delivery, in each of the tables that have its three names. */
export const ofDelivery = (db: Queryable, { connection, output, destination }: DeliveryKey) =>
  db`connection = ${connection} and output = ${output} and destination = ${destination}`
