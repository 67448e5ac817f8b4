// The portable tests over the CommonJS builds.
const containers = require('../../packages/containers/dist/index.cjs');
const core = require('../../packages/core/dist/index.cjs');

import('./report.mjs').then(({ expectEval, runAndReport }) => {
	expectEval(!process.argv.includes('--no-eval'));
	return runAndReport({ core, containers });
});
