import { expect, it } from 'vitest'
import { closingAll, type Opened } from '../../client/support/closing-all.ts'

/** Four that are open: one whose end fails, one whose end never comes, and one on either side. */
function withFour() {
  const ended: string[] = []
  const said: string[] = []
  const openFour = (opened: Opened) => {
    opened('the first', () => Promise.resolve(ended.push('the first')))
    opened('what fails', () => Promise.reject(new Error('no server')))
    opened('what hangs', () => new Promise(() => undefined))
    opened('the last', () => Promise.resolve(ended.push('the last')))
  }
  return { ended, said, openFour, options: { withinMs: 1, onProblem: (text: string) => said.push(text) } }
}

const problems = [
  'what hangs could not be closed: it had not ended after 0.001 s',
  'what fails could not be closed: no server',
]

it('what fails to end, or hangs, keeps no other open, and is told', async () => {
  const { ended, said, openFour, options } = withFour()
  const run = closingAll((opened) => {
    openFour(opened)
    return Promise.resolve('played')
  }, options)
  await expect(run).rejects.toMatchObject({
    message: 'Not all that was started could be closed',
    errors: [{ message: 'it had not ended after 0.001 s' }, { message: 'no server' }],
  })
  expect(ended).toEqual(['the last', 'the first'])
  expect(said).toEqual(problems)
})

it('what went wrong before stands above what could not be closed', async () => {
  const { ended, said, openFour, options } = withFour()
  const run = closingAll((opened) => {
    openFour(opened)
    return Promise.reject(new Error('The tour found 11 instead of 12'))
  }, options)
  await expect(run).rejects.toThrow('The tour found 11 instead of 12')
  expect(ended).toEqual(['the last', 'the first'])
  expect(said).toEqual(problems)
})

it('what was opened late is ended too, and the result goes on', async () => {
  const ended: string[] = []
  const result = await closingAll(
    (opened) => {
      opened('one', () => Promise.resolve(ended.push('one')))
      opened('two', () => Promise.resolve(ended.push('two')))
      return Promise.resolve('played')
    },
    { onProblem: (text) => ended.push(text) },
  )
  expect({ result, ended }).toEqual({ result: 'played', ended: ['two', 'one'] })
})
