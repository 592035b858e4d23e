// Writes the blob that comes as JSON on standard input, {name, content, contentType, metadata} with the content in Base64;
// makes the container if there is none. Prints {etag}.
//   node write-blob.mjs <connection string> <container>
import { json } from 'node:stream/consumers';
import { ContainerClient } from '@azure/storage-blob';

const [connectionString, container] = process.argv.slice(2);
const client = new ContainerClient(connectionString, container);
await client.createIfNotExists();
const { name, content, contentType, metadata } = await json(process.stdin);
const { etag } = await client.getBlockBlobClient(name).uploadData(Buffer.from(content, 'base64'), {
    blobHTTPHeaders: { blobContentType: contentType },
    metadata,
});
console.log(JSON.stringify({ etag }));
