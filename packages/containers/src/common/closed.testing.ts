import ts from 'typescript';

/** A function that is evaluated again from its own text, and the program it stands in. */
export interface Factory {
	readonly name: string;
	readonly node: ts.FunctionDeclaration;
	readonly program: ts.Program;
}

/** The functions of a file whose names end in Code: those that are evaluated again from their own text. */
export function factoriesOf(program: ts.Program, file: string): Factory[] {
	const functions = program.getSourceFile(file)?.statements.filter(ts.isFunctionDeclaration) ?? [];
	return functions
		.map((node) => ({ name: node.name?.text ?? '', node, program }))
		.filter(({ name }) => name.endsWith('Code'));
}

/** The names that a function uses and that are declared neither in it nor by the language. */
export function openNames({ node: factory, program }: Factory): string[] {
	const checker = program.getTypeChecker();
	const open = new Set<string>();
	const isInside = (declaration: ts.Node) =>
		declaration.getSourceFile() === factory.getSourceFile() &&
		declaration.pos >= factory.pos &&
		declaration.end <= factory.end;
	const visit = (node: ts.Node): void => {
		// Types are gone when the code runs.
		if (ts.isTypeNode(node) || ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node)) return;
		if (ts.isIdentifier(node) && isLookedUp(node)) {
			const symbol = ts.isShorthandPropertyAssignment(node.parent)
				? checker.getShorthandAssignmentValueSymbol(node.parent)
				: checker.getSymbolAtLocation(node);
			const declarations = symbol?.declarations ?? [];
			const known = declarations.some(
				(each) => isInside(each) || program.isSourceFileDefaultLibrary(each.getSourceFile()),
			);
			if (!known && node.text !== 'undefined') open.add(node.text);
		}
		ts.forEachChild(node, visit);
	};
	ts.forEachChild(factory, (child) => {
		if (child !== factory.name) visit(child);
	});
	return [...open];
}

/** Whether an identifier is looked up in scope: it is no name behind a dot, of a member, or of what is declared there. */
function isLookedUp(node: ts.Identifier): boolean {
	const { parent } = node;
	if (ts.isShorthandPropertyAssignment(parent)) return true;
	if (ts.isBindingElement(parent) && parent.propertyName === node) return false;
	return !('name' in parent && parent.name === node);
}

/** The files of the language itself, which every program reads. */
const library = new Map<string, ts.SourceFile | undefined>();

/** A program of one file with this text. */
export function programOf(text: string): ts.Program {
	const host = ts.createCompilerHost({});
	const readFile = host.getSourceFile.bind(host);
	host.getSourceFile = (name, ...rest) => {
		if (name === 'text.ts') return ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true);
		if (!library.has(name)) library.set(name, readFile(name, ...rest));
		return library.get(name);
	};
	return ts.createProgram({ rootNames: ['text.ts'], options: { noResolve: true, types: [] }, host });
}
