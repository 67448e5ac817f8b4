// The portable tests in a browser. scripts/lib/page.mjs serves this file, under the policy that the query describes.
import * as containers from '/containers.js';
import * as core from '/core.js';
import { run } from '/packages/containers/test/portable.mjs';
import { evalWorks } from '/scripts/portable/report.mjs';
import { runWebWorkers } from '/scripts/portable/web-workers.mjs';

function wasmWorks() {
	try {
		// The smallest module: its magic number and version.
		return new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])) !== undefined;
	} catch {
		return false;
	}
}

/** @type {{ name: string, error?: string }[]} */
const results = [];
/** @type {(name: string, error?: unknown) => void} */
const report = (name, error) => {
	const trace = error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
	results.push(error === undefined ? { name } : { name, error: trace });
};

const expected = new URLSearchParams(location.search);
const here = { eval: evalWorks(), wasm: wasmWorks(), isolated: crossOriginIsolated };
for (const [name, found] of Object.entries(here)) {
	const wanted = expected.get(name) === 'true';
	const wrong = found === wanted ? undefined : new Error(`it is ${found}`);
	report(`${name} is ${wanted} here`, wrong);
}
await run({ core, containers }, report);
// Elsewhere pages have no shared memory.
if (crossOriginIsolated) await runWebWorkers({ core, containers }, report);
await fetch('/results', { method: 'POST', body: JSON.stringify(results) });
