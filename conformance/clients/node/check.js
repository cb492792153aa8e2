// What the programs of this directory share: checks are asynchronous functions
// with names; run() runs them one after the other.

'use strict';

const assert = require('node:assert');
const checks = [];

function check(name, run) {
  checks.push({ name, run });
}

function sleep(ms) {
  return new Promise((done) => setTimeout(done, ms));
}

function inTime(promise, ms = 10000) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error('not in time')), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function until(ready) {
  const end = Date.now() + 5000;
  for (;;) {
    const got = await ready();
    if (got) return got;
    assert(Date.now() < end, 'not in time');
    await sleep(2);
  }
}

async function run(before) {
  for (const { name, run } of checks) {
    try {
      await before();
      await inTime(run());
      console.log('ok ' + name);
    } catch (e) {
      console.log('not ok ' + name + '\n    ' +
        String((e && e.stack) || e).replace(/\n/g, '\n    '));
    }
  }
  console.log('end');
  process.exit(0);
}

// What is thrown in a callback belongs to no check, but must not end the rest.
process.on('unhandledRejection', (e) => console.log('    late: ' + e));

module.exports = {
  assert, check, equal: assert.deepStrictEqual, sleep, until, run, inTime,
  port: Number(process.argv[2]),
};
