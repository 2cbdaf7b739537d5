// What a test opened is closed again, whatever became of the test.
import { ChildProcess } from 'node:child_process'

async function close(thing) {
  if (thing instanceof ChildProcess) thing.kill('SIGTERM')
  else if (thing?.stop) await thing.stop()
  else if (thing?.remove) thing.remove()
  else await thing?.close()
}

/** One after the other, each even if one before it does not end; then what went wrong is thrown. */
export async function closeAll(...things) {
  const problems = []
  for (const thing of things) {
    try {
      await close(thing)
    } catch (problem) {
      problems.push(problem)
    }
  }
  if (problems.length > 0) throw new AggregateError(problems, problems.map(String).join('\n'))
}
