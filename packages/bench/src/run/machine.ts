import os from 'node:os';
import type { Machine } from '../report/results.js';
import type { NodeBinary } from './node-binary.js';

/** What the run is measured on. */
export function describeMachine(nodes: readonly NodeBinary[], load: readonly number[]): Machine {
	const cpus = os.cpus();
	return {
		cpu: cpus[0]?.model.trim() ?? 'unknown processor',
		cores: cpus.length,
		memory: os.totalmem(),
		os: `${os.type()} ${os.release()} ${os.arch()}`,
		nodes: nodes.map(({ version, v8 }) => ({ version, v8 })),
		load,
	};
}

/** Load of the last minute; empty where the system does not tell. */
export function currentLoad(): number[] {
	const [minute] = os.loadavg();
	return os.platform() === 'win32' ? [] : [Math.round(minute * 100) / 100];
}
