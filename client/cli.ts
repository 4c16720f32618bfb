#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { loadEnvFile } from 'node:process'
import { runCommandLine } from './program.ts'
import { processTerminal } from './support/terminal.ts'

// What the environment says already is not replaced.
if (existsSync('.env')) loadEnvFile('.env')

const exitCode = await runCommandLine(process.argv.slice(2), processTerminal())
// Not at once: a simulator or a demo may still be about its work.
if (exitCode !== 0) process.exitCode = exitCode
