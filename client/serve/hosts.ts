const loopback = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/

/** Whether a name is this machine's own. */
export const isLoopback = (name: string): boolean => loopback.test(name)
