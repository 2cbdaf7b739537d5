import { defineStore } from 'pinia'
import { ref } from 'vue'
import * as api from '@/protocol/api'
import * as links from '@/protocol/links'

/** Who is signed in. The proof is the HttpOnly cookie; this is only what the page may show. */
export const useSession = defineStore('session', () => {
  const account = ref<api.Account | null>(null)

  async function signIn(username: string, password: string): Promise<void> {
    account.value = await api.signIn(username, password)
    account.value.name ||= username
  }

  async function signInWithToken(token: string): Promise<api.Account> {
    account.value = await api.signInWithToken(token)
    return account.value
  }

  async function signInWithLink(link: string, pin: string): Promise<api.Account> {
    account.value = await links.signInWithLink(link, pin)
    return account.value
  }

  /** True when a session stands. A server that cannot be reached leaves it to the page to say so. */
  async function restore(): Promise<boolean> {
    if (account.value) return true
    try {
      account.value = await api.currentAccount()
      return true
    } catch (error) {
      return !(error instanceof api.ApiProblem && error.signedOut)
    }
  }

  async function signOut(): Promise<void> {
    await api.signOut()
    account.value = null
  }

  function forget(): void {
    account.value = null
  }

  return { account, signIn, signInWithToken, signInWithLink, restore, signOut, forget }
})
