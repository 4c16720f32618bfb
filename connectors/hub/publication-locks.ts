import type { Transaction } from './database.ts'

/*
 * Two transactions that do not see each other could leave a record without what the other brings: these locks, which end with their
 * transaction, put them into an order. Each is of one connection. Their first numbers tell them apart; the lock of migrations has one alone.
 */

const links = 7_461_002
const shownRecords = 7_461_003
const retirements = 7_461_004
const structure = 7_461_005

/** First in each transaction that stores or publishes: what it finds and names is not retired before it is through. */
export async function holdRetirements(tx: Transaction, connection: string): Promise<void> {
  await tx`select pg_advisory_xact_lock_shared(${retirements}, hashtext(${connection}))`
}

/** First in a transaction that retires: whoever names what leaves is through, and found by its links; who comes later finds it gone. */
export async function lockRetirements(tx: Transaction, connection: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(${retirements}, hashtext(${connection}))`
}

/**
 * Next, before it is known what records are made by: no mapping is applied, no output begins and no structure or category is stored until what
 * is made by the present ones is through, and out of the queue. Also before several records are put into the queue: who changes structure does
 * that in steps.
 */
export async function holdStructure(tx: Transaction, connection: string): Promise<void> {
  await tx`select pg_advisory_xact_lock_shared(${structure}, hashtext(${connection}))`
}

/**
 * Before something that records are made by is changed, by structure, a mapping or a person's word: what was made by it is through, so that
 * none takes what must be made anew out of the queue.
 */
export async function changeStructure(tx: Transaction, connection: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(${structure}, hashtext(${connection}))`
}

/**
 * From here on nobody else of the connection makes records appear or publishes one without a partner. Before rows of the queue are
 * written, so that nobody holds one of those and waits for this.
 */
export async function lockLinks(tx: Transaction, connection: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(${links}, hashtext(${connection}))`
}

/** Before labels of reference entity records and assets are read for what shows them: none changes until that is published. */
export async function holdShownRecords(tx: Transaction, connection: string): Promise<void> {
  await tx`select pg_advisory_xact_lock_shared(${shownRecords}, hashtext(${connection}))`
}

/** Before reference entity records or assets are written: whoever publishes with what they were is through, and found by its links. */
export async function changeShownRecords(tx: Transaction, connection: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(${shownRecords}, hashtext(${connection}))`
}
