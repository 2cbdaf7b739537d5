import { ApiProblem, currentAccount } from '@/protocol/api'
import type { SignalEnvironment } from './signal-connection'

export const browserEnvironment: SignalEnvironment = {
  open: (address, subprotocol) => new WebSocket(address, subprotocol),
  random: () => Math.random(),
  async signedIn() {
    try {
      await currentAccount()
      return true
    } catch (error) {
      return !(error instanceof ApiProblem && error.signedOut)
    }
  },
}
