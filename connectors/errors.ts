/** What every failure of a connector says: what was asked, what came back, what to do. Never a secret, never a body. */
export interface FailureStory {
  /** Stable, for searches and decisions: `too-many-requests`, `forbidden` … */
  code: string
  /** Such as `GET /api/rest/v1/families of acme`. */
  asked: string
  came: string
  /** What a person can do about it; for what passes by itself, what happens next. First in the message: lists show one line. */
  remedy: string
}

abstract class ConnectorError extends Error {
  readonly code: string
  readonly asked: string
  readonly came: string
  readonly remedy: string

  constructor({ code, asked, came, remedy }: FailureStory, options?: ErrorOptions) {
    super(`${remedy}\n${asked}: ${came}`, options)
    this.code = code
    this.asked = asked
    this.came = came
    this.remedy = remedy
  }
}

/** Passes by itself: the engine tries again, after `retryAfterMs` when the other side said so. */
export class TransientError extends ConnectorError {
  override readonly name = 'TransientError'
  readonly retryAfterMs: number | undefined
  /** Expected in normal work (throttled, no lane free): no alert. */
  readonly benign: boolean

  constructor(
    story: FailureStory & { retryAfterMs?: number | undefined; benign?: boolean },
    options?: ErrorOptions,
  ) {
    super(story, options)
    this.retryAfterMs = story.retryAfterMs
    this.benign = story.benign ?? false
  }
}

/** The other side understood and says no: an operator must act, a retry cannot help. */
export class RefusedError extends ConnectorError {
  override readonly name = 'RefusedError'
}

/** An answer that does not fit what its API documents: its vendor or we must act. */
export class ContractError extends ConnectorError {
  override readonly name = 'ContractError'
}
