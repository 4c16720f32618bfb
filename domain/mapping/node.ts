/** A mapping file as a tree that knows its lines, whatever it was written in. Keys are text, also when they look like numbers. */
export type MappingNode = ScalarNode | ListNode | MapNode

interface Place {
  /** From 1. */
  line: number
  /** As it stands in the file, to be shown beside what it makes. */
  text: string
}
export interface ScalarNode extends Place {
  kind: 'scalar'
  value: string | number | boolean | null
}
export interface ListNode extends Place {
  kind: 'list'
  items: MappingNode[]
}
export interface MapNode extends Place {
  kind: 'map'
  entries: MapEntry[]
}
export interface MapEntry {
  key: string
  line: number
  node: MappingNode
}
