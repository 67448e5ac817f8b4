// The portable tests over the ESM builds, in whatever runtime runs this file.
import * as containers from '../../packages/containers/dist/index.js';
import * as core from '../../packages/core/dist/index.js';
import { expectEval, runAndReport } from './report.mjs';

expectEval(!process.argv.includes('--no-eval'));
await runAndReport({ core, containers });
