import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FieldType } from './field-types.js';
import type { Struct } from './struct.js';

/** The C compiler of this machine, if there is one. */
export const compiler: string | undefined = ['cc', 'gcc', 'clang'].find(
	(name) => spawnSync(name, ['--version']).status === 0,
);

/** What a C compiler says of a struct: its size, its alignment, and where its fields begin. */
export interface CLayout {
	readonly size: number;
	readonly alignment: number;
	readonly offsets: readonly number[];
}

const C_TYPES: Readonly<Record<string, string>> = {
	...{ i8: 'int8_t', u8: 'uint8_t', i16: 'int16_t', u16: 'uint16_t', i32: 'int32_t', u32: 'uint32_t' },
	...{ i64: 'int64_t', u64: 'uint64_t', f32: 'float', f64: 'double', bool: 'bool' },
};

/** Declares `name` as a member of this type; nested structs are declared in place. */
function declare({ shape }: FieldType, name: string, dimensions = ''): string {
	switch (shape.kind) {
		case 'char':
			return `char ${name}${dimensions}[${shape.length}];`;
		case 'array':
			return declare(shape.element, name, `${dimensions}[${shape.length}]`);
		case 'struct':
			return `struct { ${shape.fields.map(({ type }, index) => declare(type, `f${index}`)).join(' ')} } ${name}${dimensions};`;
		default:
			return `${C_TYPES[shape.kind]} ${name}${dimensions};`;
	}
}

/** Compiles one program that prints the layout of every struct, and runs it. `header` bytes stand in front, as words. */
export function layoutsOfC(structs: readonly Struct[], headerWords = 0): CLayout[] {
	if (compiler === undefined) throw new Error('there is no C compiler');
	const header = headerWords > 0 ? `uint32_t header[${headerWords}];` : '';
	const types = structs.map(({ shape }, index) => {
		const fields = shape.kind === 'struct' ? shape.fields : [];
		return `struct s${index} { ${header} ${fields.map(({ type }, at) => declare(type, `f${at}`)).join(' ')} };`;
	});
	const prints = structs.map(({ fields }, index) => {
		const offsets = fields.map((_, at) => `printf(" %zu", offsetof(struct s${index}, f${at}));`);
		return `printf("%zu %zu", sizeof(struct s${index}), _Alignof(struct s${index})); ${offsets.join(' ')} puts("");`;
	});
	const program = `#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n#include <stdio.h>
${types.join('\n')}
int main(void) { ${prints.join('\n')} return 0; }\n`;
	const directory = mkdtempSync(join(tmpdir(), 'flux-layout-'));
	try {
		const source = join(directory, 'layout.c');
		const binary = join(directory, 'layout');
		writeFileSync(source, program);
		const compiled = spawnSync(compiler, ['-std=c11', '-o', binary, source], { encoding: 'utf8' });
		if (compiled.status !== 0) throw new Error(`the C compiler refused the program: ${compiled.stderr}`);
		const { stdout } = spawnSync(binary, { encoding: 'utf8' });
		return stdout
			.trim()
			.split('\n')
			.map((line) => {
				const [size, alignment, ...offsets] = line.split(' ').map(Number);
				return { size, alignment, offsets };
			});
	} finally {
		rmSync(directory, { recursive: true, force: true });
	}
}
