import { afterEach, expect, it, vi } from 'vitest';
import { buildNative } from './native-build.js';
import { findNode } from './node-binary.js';

afterEach(() => {
	vi.unstubAllEnvs();
});

it('says why there is no C++ instead of failing', async () => {
	vi.stubEnv('CXX', 'there-is-no-such-compiler');
	expect(await buildNative()).toEqual({ status: 'absent', reason: 'no C++ compiler found ($CXX, c++, g++, clang++)' });
});

it('says what a compiler complains of', async () => {
	// Something that knows --version and compiles nothing.
	vi.stubEnv('CXX', process.execPath);
	expect(await buildNative()).toMatchObject({
		status: 'absent',
		reason: expect.stringContaining('could not compile it'),
	});
});

it('knows this Node, also by its path', async () => {
	const current = await findNode('current');
	expect(current.version).toBe(process.versions.node);
	expect(await findNode(process.execPath)).toEqual(current);
});

it('refuses what is no Node', async () => {
	await expect(findNode('no/such/node')).rejects.toThrow('--node no/such/node: neither a version');
});
