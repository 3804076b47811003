/**
 * The bill of materials of production as CycloneDX JSON: `node tools/sbom.mjs > sbom.cdx.json`. npm makes it from the lockfile,
 * without a network; the selection is ours, since `npm sbom --omit dev` also leaves out what production and development share.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Packages of the lockfile that production installs, as `{ name, version, … }`. */
export function productionPackages(lock) {
  return Object.entries(lock.packages)
    .filter(([path, { link, dev }]) => path.includes('node_modules/') && link !== true && dev !== true)
    .map(([path, entry]) => ({ ...entry, path, name: entry.name ?? path.replace(/^.*node_modules\//, '') }));
}

/** @throws when npm's bill lacks a package of the lockfile. */
export function productionSbom(root) {
  const lock = JSON.parse(readFileSync(resolve(root, 'package-lock.json'), 'utf8'));
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1_024 * 1_024 };
  const bill = JSON.parse(execFileSync('npm', ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'], options));
  const wanted = new Set(productionPackages(lock).map(({ name, version }) => `${name}@${version}`));
  const nameOf = ({ purl }) =>
    decodeURIComponent(purl)
      .replace(/^pkg:npm\//, '')
      .replace(/\?.*$/, '');
  const components = bill.components.filter((component) => wanted.has(nameOf(component)));
  const covered = new Set(components.map(nameOf));
  const missing = [...wanted].filter((one) => !covered.has(one));
  if (missing.length > 0) throw new Error(`the bill of materials lacks ${missing.join(', ')}`);
  const refs = new Set([bill.metadata.component['bom-ref'], ...components.map((component) => component['bom-ref'])]);
  const dependencies = bill.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) }));
  return { ...bill, components, dependencies };
}

if (process.argv[1] === import.meta.filename)
  process.stdout.write(`${JSON.stringify(productionSbom(resolve(import.meta.dirname, '..')), null, 2)}\n`);
