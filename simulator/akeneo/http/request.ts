import type { IncomingHttpHeaders } from 'node:http'
import type { Json } from '../json.ts'

/** A request to the API as handlers see it. */
export interface ApiRequest {
  method: string
  path: string
  /** Scheme and host the client used: links in answers begin with it. */
  origin: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  /** Path parameters, percent-decoded. */
  params: Record<string, string>
  /** Code of the connection whose token was presented. */
  connection: string
  /** The whole body as text. */
  text(): Promise<string>
  /** The body line by line, as it arrives. */
  lines(): AsyncGenerator<{ text: string; tooLong: boolean }>
  /** Fields and files of a multipart body. */
  form(): Promise<FormData>
}

export interface UploadedFile {
  filename: string
  mimeType: string
  content: Buffer
}

export interface FormData {
  fields: Map<string, string>
  files: Map<string, UploadedFile>
}

export interface ApiResponse {
  status: number
  headers?: Record<string, string>
  /** JSON unless it is text, bytes or a stream of text. */
  json?: Json
  text?: string
  bytes?: Buffer
  stream?: AsyncIterable<string>
}

export type Handler = (request: ApiRequest) => ApiResponse | Promise<ApiResponse>

export const ok = (json: Json): ApiResponse => ({ status: 200, json })
export const noContent = (headers: Record<string, string> = {}): ApiResponse => ({ status: 204, headers })
export const created = (location: string): ApiResponse => ({ status: 201, headers: { location } })
