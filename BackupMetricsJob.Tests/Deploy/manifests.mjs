// Reads {"name": "text of YAML documents", ...} from standard input.
//   documents   writes the same with the documents as JSON
//   check       writes what the published types of Kubernetes and of the Prometheus operator, and their schemas, have against them, a line each
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

const files = Object.entries(JSON.parse(readFileSync(0, 'utf8'))).map(([name, text]) => {
  const documents = parseAllDocuments(text, { uniqueKeys: true });
  for (const document of documents) {
    if (document.errors.length) throw new Error(`${name}: ${document.errors[0].message}`);
  }
  return [name, documents.map(document => document.toJS()).filter(document => document !== null)];
});

if (process.argv[2] === 'documents') {
  console.log(JSON.stringify(Object.fromEntries(files)));
} else {
  const { found, unknown } = await modules();
  const known = [...all()].filter(([, document]) => found[moduleOf(document)]?.[document.kind]);
  for (const complaint of [...unknown, ...bySchema(known, found), ...byType(known)]) console.log(complaint);
}

function moduleOf({ apiVersion }) {
  return apiVersion === 'monitoring.coreos.com/v1' ? `@kubernetes-models/prometheus-operator/${apiVersion}` : `kubernetes-models/${apiVersion}`;
}

function* all() {
  for (const [name, documents] of files) {
    for (const document of documents) yield [`${name}: ${document.kind} ${document.metadata?.name}`, document];
  }
}

async function modules() {
  const found = {};
  const unknown = [];
  for (const [where, document] of all()) {
    const name = moduleOf(document);
    try {
      found[name] ??= await import(name);
      if (!found[name][document.kind]) unknown.push(`${where}: ${document.apiVersion} has no kind ${document.kind}`);
    } catch {
      unknown.push(`${where}: nobody publishes types of apiVersion ${document.apiVersion}`);
    }
  }
  return { found, unknown };
}

// Types, required fields and enumerations. Unknown fields it lets pass.
function* bySchema(known, found) {
  for (const [where, document] of known) {
    const { kind } = document;
    try {
      new found[moduleOf(document)][kind](document).validate();
    } catch (error) {
      yield `${where}: schema: ${error.message.replaceAll('\n', ' ')}`;
    }
  }
}

// Each document as a literal of the published interface, which a compiler judges: unknown fields are found, too.
function byType(known) {
  const folder = mkdtempSync(join(tmpdir(), 'manifests-'));
  try {
    symlinkSync(join(dirname(fileURLToPath(import.meta.url)), '..', 'node_modules'), join(folder, 'node_modules'));
    const names = [];
    for (const [where, document] of known) {
      const source = `import type { I${document.kind} as Kind } from ${JSON.stringify(moduleOf(document))};\nexport const it: Kind = ${JSON.stringify(document, null, 1)};\n`;
      writeFileSync(join(folder, `d${names.push(where) - 1}.ts`), source);
    }
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
    const options = { noEmit: true, strict: true, skipLibCheck: true, module: 'nodenext', target: 'es2022', types: [] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: names.map((_, i) => `d${i}.ts`) }));
    const compiler = fileURLToPath(import.meta.resolve('typescript/package.json')).replace(/package\.json$/, 'bin/tsc');
    try {
      execFileSync(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], { cwd: folder, encoding: 'utf8' });
      return [];
    } catch (error) {
      const lines = (error.stdout ?? '').trim().split(/\n(?! )/).filter(Boolean).map(line => line.replaceAll(/\n +/g, ' '));
      if (lines.length === 0) throw error;
      return lines.map(line => line.replace(/^d(\d+)\.ts/, (_, i) => `${names[i]}: type: `));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
