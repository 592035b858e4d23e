// Drives Microsoft's clients of Key Vault against a vault and prints one line per check:
// "ok <name>" or "FAILED <name>: <reason>". Usage: node check.mjs <vault address> <folder of the authority>, the token in VAULT_TOKEN.
// The folder holds ca.pem and ca.key, which sign what the vault requests, and gets the files that openssl needs.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, createPublicKey, randomBytes, verify, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CertificateClient } from '@azure/keyvault-certificates';
import { CryptographyClient, KeyClient } from '@azure/keyvault-keys';
import { SecretClient } from '@azure/keyvault-secrets';

const [vault, folder] = process.argv.slice(2);
const credential = { getToken: async () => ({ token: process.env.VAULT_TOKEN, expiresOnTimestamp: Date.now() + 3_600_000 }) };
const options = { disableChallengeResourceVerification: true, retryOptions: { retryDelayInMs: 1 } };
const poll = { intervalInMs: 20 };
const secrets = new SecretClient(vault, credential, options);
const keys = new KeyClient(vault, credential, options);
const certificates = new CertificateClient(vault, credential, options);
const at = (name) => join(folder, name);
const openssl = (...args) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });

async function all(pages) {
  const items = [];
  for await (const item of pages) {
    items.push(item);
  }
  return items;
}

async function refused(action, status, code) {
  await assert.rejects(action, (error) => {
    assert.equal(error.statusCode, status, error.message);
    assert.equal(error.code, code);
    return true;
  });
}

// Signs a request as an authority would, with the names it asks for.
function sign(csr, name) {
  writeFileSync(at(`${name}.der`), csr);
  openssl('req', '-inform', 'DER', '-in', at(`${name}.der`), '-out', at(`${name}.csr`), '-verify');
  const authority = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-copy_extensions', 'copy', '-days', '2'];
  openssl('x509', '-req', '-in', at(`${name}.csr`), ...authority, '-out', at(`${name}.pem`));
  return readFileSync(at(`${name}.pem`), 'utf8');
}

const der = (pem) => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
const policy = {
  issuerName: 'Unknown',
  subject: 'CN=a.example',
  subjectAlternativeNames: { dnsNames: ['a.example', 'b.example'] },
  keyType: 'EC',
  keyCurveName: 'P-256',
  keyUsage: ['digitalSignature'],
  exportable: true,
  contentType: 'application/x-pkcs12',
};

// For what the clients do by themselves (verify), refuse first (operations of a key), or leave out (the policy of an import, in 4.10.3).
async function post(id, body) {
  const answer = await fetch(`${id}?api-version=7.4`, {
    method: 'POST',
    headers: { authorization: `Bearer ${process.env.VAULT_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return [answer.status, await answer.json()];
}

async function begin(name) {
  await certificates.beginCreateCertificate(name, policy, { ...poll, tags: { op: name } });
  const poller = await certificates.getCertificateOperation(name, poll);
  return poller.getOperationState().certificateOperation;
}


async function signsWith(key, algorithm, padding) {
  const hash = `sha${algorithm.slice(2)}`;
  const data = randomBytes(100);
  const digest = createHash(hash).update(data).digest();
  const client = new CryptographyClient(key.id, credential, options);
  const { result } = await client.sign(algorithm, digest);
  const { kty, crv, ...numbers } = key.key;
  const jwk = { kty: kty.toString(), crv };
  for (const part of ['x', 'y', 'n', 'e'].filter((part) => numbers[part])) {
    jwk[part] = Buffer.from(numbers[part]).toString('base64url');
  }
  const own = createPublicKey({ key: jwk, format: 'jwk' });
  assert.equal(verify(hash, data, { key: own, dsaEncoding: 'ieee-p1363', ...padding }, result), true, algorithm);
  const signature = Buffer.from(result).toString('base64url');
  for (const [text, value] of [[digest, true], [Buffer.from(digest).reverse(), false]]) {
    const answer = await post(`${key.id}/verify`, { alg: algorithm, digest: text.toString('base64url'), value: signature });
    assert.deepEqual(answer, [200, { value }]);
  }
}

const checks = {
  async 'secrets set, versions, list'() {
    const first = await secrets.setSecret('s1', 'eins', { tags: { a: 'b' }, contentType: 'text/plain' });
    await secrets.setSecret('s1', 'zwei');
    assert.equal((await secrets.getSecret('s1')).value, 'zwei');
    assert.equal((await secrets.getSecret('s1', { version: first.properties.version })).value, 'eins');
    assert.equal((await all(secrets.listPropertiesOfSecretVersions('s1'))).length, 2);
    assert.deepEqual((await all(secrets.listPropertiesOfSecrets())).map((secret) => secret.name), ['s1']);
    await refused(() => secrets.getSecret('none'), 404, 'SecretNotFound');
  },
  async 'secrets delete, recover, purge'() {
    await (await secrets.beginDeleteSecret('s1', poll)).pollUntilDone();
    assert.ok((await secrets.getDeletedSecret('s1')).scheduledPurgeDate > new Date());
    await (await secrets.beginRecoverDeletedSecret('s1', poll)).pollUntilDone();
    assert.equal((await secrets.getSecret('s1')).value, 'zwei');
    await (await secrets.beginDeleteSecret('s1', poll)).pollUntilDone();
    await secrets.purgeDeletedSecret('s1');
    await refused(() => secrets.getDeletedSecret('s1'), 404, 'SecretNotFound');
  },
  async 'keys EC sign and verify'() {
    for (const [curve, algorithm] of [['P-256', 'ES256'], ['P-384', 'ES384'], ['P-521', 'ES512']]) {
      await signsWith(await keys.createEcKey(`ec-${curve}`, { curve }), algorithm, {});
    }
  },
  async 'keys RSA sign and verify'() {
    const key = await keys.createRsaKey('rsa', { keySize: 2048 });
    for (const algorithm of ['RS256', 'RS384', 'RS512']) {
      await signsWith(key, algorithm, {});
    }
    for (const algorithm of ['PS256', 'PS384', 'PS512']) {
      await signsWith(key, algorithm, { padding: 6, saltLength: -1 });
    }
  },
  async 'keys refuse what does not fit'() {
    const key = await keys.getKey('ec-P-256');
    const client = new CryptographyClient(key.id, credential, options);
    await refused(() => client.sign('RS256', randomBytes(32)), 400, 'BadParameter');
    await refused(() => client.sign('ES384', randomBytes(48)), 400, 'BadParameter');
    await refused(() => client.sign('ES256', randomBytes(20)), 400, 'BadParameter');
    const verifier = await keys.createEcKey('verifier', { curve: 'P-256', keyOps: ['verify'] });
    const [status, { error }] = await post(`${verifier.id}/sign`, { alg: 'ES256', value: randomBytes(32).toString('base64url') });
    assert.deepEqual([status, error.innererror.code], [403, 'KeyOperationForbidden']);
    const expired = await keys.createEcKey('expired', { curve: 'P-256', expiresOn: new Date(Date.now() - 60_000) });
    const [, answer] = await post(`${expired.id}/sign`, { alg: 'ES256', value: randomBytes(32).toString('base64url') });
    assert.equal(answer.error.innererror.code, 'KeyExpired');
    await keys.updateKeyProperties('ec-P-256', { enabled: false });
    await refused(() => client.sign('ES256', randomBytes(32)), 403, 'Forbidden');
  },
  async 'keys versions, list, delete, recover'() {
    const old = await keys.getKey('rsa');
    const next = await keys.createRsaKey('rsa');
    assert.notEqual(next.properties.version, old.properties.version);
    assert.equal((await keys.getKey('rsa', { version: old.properties.version })).id, old.id);
    assert.equal((await all(keys.listPropertiesOfKeyVersions('rsa'))).length, 2);
    await (await keys.beginDeleteKey('rsa', poll)).pollUntilDone();
    await refused(() => keys.createRsaKey('rsa'), 409, 'Conflict');
    assert.deepEqual((await all(keys.listDeletedKeys())).map((key) => key.name), ['rsa']);
    await (await keys.beginRecoverDeletedKey('rsa', poll)).pollUntilDone();
    assert.equal((await keys.getKey('rsa')).id, next.id);
  },
  async 'certificate of an outside authority'() {
    const operation = await begin('acme');
    assert.equal(operation.status, 'inProgress');
    await refused(() => certificates.beginCreateCertificate('acme', policy, poll), 409, 'Forbidden');
    const pem = sign(Buffer.from(operation.csr), 'acme');
    const bundle = await certificates.mergeCertificate('acme', [der(pem), der(readFileSync(at('ca.pem'), 'utf8'))]);
    assert.equal(bundle.properties.enabled, true);
    assert.equal(bundle.properties.tags.op, 'acme');
    const read = await certificates.getCertificate('acme');
    assert.deepEqual(Buffer.from(read.cer), der(pem));
    assert.equal(Buffer.from(read.properties.x509Thumbprint).toString('hex').toUpperCase(), new X509Certificate(pem).fingerprint.replaceAll(':', ''));
    assert.equal(read.keyId.split('/').pop(), read.properties.version);
    assert.equal(read.secretId.split('/').pop(), read.properties.version);
    assert.equal(new X509Certificate(pem).subjectAltName, 'DNS:a.example, DNS:b.example');
    const key = await keys.getKey('acme', { version: read.properties.version });
    assert.equal(key.properties.managed, true);
    await signsWith(key, 'ES256', {});
    const secret = await secrets.getSecret('acme');
    assert.equal(secret.properties.contentType, 'application/x-pkcs12');
    assert.equal(secret.properties.version, read.properties.version);
    writeFileSync(at('acme.pfx'), Buffer.from(secret.value, 'base64'));
    const content = openssl('pkcs12', '-in', at('acme.pfx'), '-passin', 'pass:', '-nodes').toString();
    assert.match(content, /BEGIN PRIVATE KEY/);
    assert.equal(content.match(/BEGIN CERTIFICATE/g).length, 2);
  },
  async 'certificate that does not match'() {
    await begin('stranger');
    await refused(() => certificates.mergeCertificate('stranger', [der(readFileSync(at('acme.pem'), 'utf8'))]), 400, 'BadParameter');
    await refused(() => certificates.mergeCertificate('stranger', [Buffer.from('x')]), 400, 'BadParameter');
    const placeholder = await certificates.getCertificate('stranger');
    assert.deepEqual([placeholder.properties.enabled, placeholder.keyId], [false, undefined]);
  },
  async 'certificate pending, cancel, drop'() {
    await certificates.deleteCertificateOperation('stranger');
    await refused(() => certificates.getCertificate('stranger'), 404, 'CertificateNotFound');
    const poller = await certificates.beginCreateCertificate('cancelled', policy, poll);
    await poller.cancelOperation();
    const again = await certificates.getCertificateOperation('cancelled', poll);
    await again.poll();
    assert.equal(again.getOperationState().certificateOperation.status, 'cancelled');
  },
  async 'certificate renewed while the old one serves'() {
    const old = await certificates.getCertificate('acme');
    const operation = await begin('acme');
    assert.equal((await certificates.getCertificate('acme')).properties.version, old.properties.version);
    const renewed = await certificates.mergeCertificate('acme', [der(sign(Buffer.from(operation.csr), 'renewed'))]);
    assert.notEqual(renewed.properties.version, old.properties.version);
    assert.equal((await all(certificates.listPropertiesOfCertificateVersions('acme'))).length, 2);
    assert.equal((await certificates.getCertificateVersion('acme', old.properties.version)).id, old.id);
  },
  async 'certificate that signs itself'() {
    const self = { issuerName: 'Self', subject: 'CN=self', validityInMonths: 3, contentType: 'application/x-pem-file' };
    const poller = await certificates.beginCreateCertificate('self', self, poll);
    const bundle = await poller.pollUntilDone();
    assert.equal(new X509Certificate(Buffer.from(bundle.cer)).subject, 'CN=self');
    assert.match((await secrets.getSecret('self')).value, /BEGIN PRIVATE KEY[^]*BEGIN CERTIFICATE/);
  },
  async 'certificate import PFX and PEM'() {
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384'];
    openssl('req', '-x509', ...curve, '-nodes', '-subj', '/CN=imported', '-days', '2', '-keyout', at('i.key'), '-out', at('i.pem'));
    openssl('pkcs12', '-export', '-inkey', at('i.key'), '-in', at('i.pem'), '-passout', 'pass:geheim', '-out', at('i.pfx'));
    const pfx = await certificates.importCertificate('pfx', readFileSync(at('i.pfx')), { password: 'geheim', tags: { op: '1' } });
    assert.deepEqual(Buffer.from(pfx.cer), der(readFileSync(at('i.pem'), 'utf8')));
    assert.deepEqual([pfx.policy.keyType, pfx.policy.keyCurveName, pfx.policy.subject], ['EC', 'P-384', 'CN=imported']);
    const text = readFileSync(at('i.key'), 'utf8') + readFileSync(at('i.pem'), 'utf8');
    const [status, pem] = await post(`${vault}/certificates/pem/import`, { value: text, policy: { secret_props: { contentType: 'application/x-pem-file' } } });
    assert.deepEqual([status, pem.cer], [200, Buffer.from(pfx.cer).toString('base64')]);
    await signsWith(await keys.getKey('pem'), 'ES384', {});
    await refused(() => certificates.importCertificate('bad', readFileSync(at('i.pfx')), { password: 'falsch' }), 400, 'BadParameter');
  },
  async 'certificate policy, tags, list'() {
    assert.equal((await certificates.getCertificatePolicy('acme')).subject, 'CN=a.example');
    await certificates.updateCertificatePolicy('acme', { ...policy, subject: 'CN=b.example' });
    assert.equal((await certificates.getCertificatePolicy('acme')).subject, 'CN=b.example');
    const { properties } = await certificates.getCertificate('pfx');
    await certificates.updateCertificateProperties('pfx', properties.version, { tags: { x: 'y' }, enabled: false });
    assert.deepEqual((await certificates.getCertificate('pfx')).properties.tags, { x: 'y' });
    await refused(() => secrets.getSecret('pfx'), 403, 'Forbidden');
    const names = (await all(certificates.listPropertiesOfCertificates())).map((item) => item.name);
    assert.deepEqual(names.filter((name) => name !== 'cancelled'), ['acme', 'pem', 'pfx', 'self']);
  },
  async 'certificate delete, recover, purge'() {
    const before = await certificates.getCertificate('acme');
    await refused(() => keys.beginDeleteKey('acme', poll), 403, 'Forbidden');
    await (await certificates.beginDeleteCertificate('acme', poll)).pollUntilDone();
    await refused(() => secrets.getSecret('acme'), 404, 'SecretNotFound');
    await refused(() => keys.getKey('acme'), 404, 'KeyNotFound');
    await refused(() => certificates.beginCreateCertificate('acme', policy, poll), 409, 'Conflict');
    assert.deepEqual((await all(certificates.listDeletedCertificates())).map((item) => item.name), ['acme']);
    await (await certificates.beginRecoverDeletedCertificate('acme', poll)).pollUntilDone();
    assert.equal((await certificates.getCertificate('acme')).id, before.id);
    assert.ok((await secrets.getSecret('acme')).value);
    await (await certificates.beginDeleteCertificate('acme', poll)).pollUntilDone();
    await certificates.purgeDeletedCertificate('acme');
    await refused(() => certificates.getDeletedCertificate('acme'), 404, 'CertificateNotFound');
    await begin('acme');
  },
};

for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`ok ${name}`);
  } catch (error) {
    console.log(`FAILED ${name}: ${error.stack}`);
  }
}
