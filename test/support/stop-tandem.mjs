/** After the last spec of this project. */
export default async function stop() {
  await globalThis.tandemUnderTest?.stop();
}
