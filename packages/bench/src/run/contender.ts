import type { Absence } from '../report/results.js';
import type { Case } from '../scenarios/scenario.js';
import { absence, SUBJECTS, type SubjectInfo } from '../subjects/catalog.js';
import { preloadOf } from './allocator-library.js';
import type { NativeBuild } from './native-build.js';
import type { NodeBinary } from './node-binary.js';
import type { Launch } from './subject-process.js';

/** A subject on what runs it: a JavaScript subject is one contender per Node. */
export interface Contender {
	readonly info: SubjectInfo;
	readonly launch: Launch;
}

/** Everything that contenders are made of. */
export interface Field {
	readonly native: NativeBuild;
	readonly nodes: readonly NodeBinary[];
	/** Path of the built child program. */
	readonly child: string;
	/** Whether npm may install peers that are no dependency. */
	readonly fetch: boolean;
	/** Keeps a subject of a scenario; the C++ references stay as long as anything does. */
	readonly wanted: (scenario: string, subject: string) => boolean;
}

/** The contenders of a case, and who is absent for which reason. */
export function contendersOf(measured: Case, field: Field): { contenders: Contender[]; absent: Absence[] } {
	const contenders: Contender[] = [];
	const absent: Absence[] = [];
	for (const info of SUBJECTS) {
		if (!field.wanted(measured.scenario, info.id)) continue;
		const lack = absence(info, measured.scenario, measured.size);
		if (lack === false) continue;
		const reason = info.fetched === true && !field.fetch ? NOT_FETCHED : lack;
		if (reason !== undefined) {
			absent.push({ subject: info.id, title: info.title, reason });
		} else if (info.native === undefined) {
			for (const node of field.nodes)
				contenders.push({ info, launch: launchOnNode(info, node, measured, field.child) });
		} else if (field.native.status === 'ready') {
			const preload = info.allocator === undefined ? { environment: {} } : preloadOf(info.allocator);
			if ('reason' in preload) absent.push({ subject: info.id, title: info.title, reason: preload.reason });
			else contenders.push({ info, launch: { file: field.native.program, arguments: [info.native], ...preload } });
		} else {
			absent.push({ subject: info.id, title: info.title, reason: field.native.reason });
		}
	}
	return { contenders, absent };
}

const NOT_FETCHED = 'it is no dependency; with --fetch npm installs it';

function launchOnNode(info: SubjectInfo, node: NodeBinary, { protocol }: Case, child: string): Launch {
	const flags = protocol === 'isolated' ? ['--expose-gc'] : [];
	return { file: node.path, arguments: [...flags, child, info.id] };
}
