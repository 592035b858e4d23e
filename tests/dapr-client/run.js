// Runs named checks one after the other, prints one line per check, stops the client and ends the process: with 0 if none failed.
'use strict';

module.exports = async function run(checks, client) {
  let failed = 0;
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
      console.log(`ok ${name}`);
    } catch (error) {
      failed++;
      console.log(`FAILED ${name}: ${String(error?.message ?? error).replaceAll('\n', ' ')}`);
    }
  }
  await client.stop();
  process.exit(failed === 0 ? 0 : 1);
};
