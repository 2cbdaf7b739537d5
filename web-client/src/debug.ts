/**
 * A window for the browser tests and for a technician on the telephone: the live RTCPeerConnection
 * and the state of the connection, so that received sound and picture can be measured. Only on
 * demand (`?debug`, or localStorage "diemcau.debug"), because whoever holds the connection could
 * also change what is sent.
 */
export interface DebugView {
  peer: RTCPeerConnection | null
  signal: string
}

declare global {
  interface Window {
    __diemcau?: DebugView
  }
}

function wanted(): boolean {
  try {
    const asked = new URLSearchParams(location.search).has('debug')
    return asked || localStorage.getItem('diemcau.debug') !== null
  } catch {
    return false
  }
}

// Asked once: moving between pages drops the query, not the wish.
const enabled = typeof window !== 'undefined' && wanted()

export function showForDebugging(view: DebugView): void {
  if (enabled) window.__diemcau = view
}
