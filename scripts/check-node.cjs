// Loaded before every other script (`node -r`). Written so that any Node that ever was can read it: a version that is
// too old must meet a sentence, not a syntax error in a file that follows.
var wanted = [20, 19];
var running = process.versions.node.split('.').map(Number);

var message = 'FluxMemory needs Node ' + wanted.join('.') + ' or newer, and this is Node ' + process.versions.node;

if (running[0] < wanted[0] || (running[0] === wanted[0] && running[1] < wanted[1])) {
	console.error(message + '. Install a current Node from https://nodejs.org and try again.');
	process.exit(1);
}
