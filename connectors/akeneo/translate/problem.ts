import type { StreamName } from '../../../contracts/streams.ts'

/** Something to tell a person: a stable code, where, what is wrong, and what to do. Text and remedy are sentences apart. */
export interface Problem {
  code: string
  field: string | null
  text: string
  remedy: string
  /** The rule of the mapping that came upon it, where one did. */
  rule?: RuleName
}

/** A rule as a person finds it in the mapping file. */
export interface RuleName {
  target: string
  line: number
}

/** A code that a record names and the stored structure lacks: read that list again, then translate again. */
export interface Gap {
  stream: StreamName
  /** For `attribute-options` the attribute whose options to read. */
  code: string
}

/** What a translation comes upon. The first refusal decides; a refused record is not half carried. */
export class Findings {
  readonly warnings: Problem[] = []
  readonly missing: Gap[] = []
  refusal: Problem | null = null

  warn(problem: Problem): void {
    this.warnings.push(problem)
  }

  refuse(problem: Problem): void {
    this.refusal ??= problem
  }

  /** What a part of the translation refuses is this rule's. */
  underRule<T>(rule: RuleName, work: () => T): T {
    const before = this.refusal
    const made = work()
    if (before === null && this.refusal !== null) this.refusal = { rule, ...this.refusal }
    return made
  }

  /** Data that does not fit its attribute's type is not guessed at: the value would be wrong wherever it went. */
  unreadable(attribute: { code: string; type: string }, expected: string): void {
    this.refuse({
      code: 'value-unreadable',
      field: attribute.code,
      text: `${attribute.code} is not ${expected}, which ${attribute.type} stands for`,
      remedy:
        'If the attribute was made anew with another type: pimflow sync products --full. Then: pimflow rejections retry',
    })
  }

  /** Structure that changed since it was last read is no fault of the record: it goes out without what cannot be read yet. */
  lack(gap: Gap, problem: Omit<Problem, 'remedy'>): void {
    // A sub-model shows its root's values again, and one mention is enough.
    if (this.warnings.some(({ code, text }) => code === problem.code && text === problem.text)) return
    this.missing.push(gap)
    this.warn({ ...problem, remedy: 'Structure is read again and the record translated anew' })
  }
}
