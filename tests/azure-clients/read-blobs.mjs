// Prints all blobs of a container as JSON: [{name, content, contentType, metadata, etag}], the content in Base64.
//   node read-blobs.mjs <connection string> <container>
import { ContainerClient } from '@azure/storage-blob';

const [connectionString, container] = process.argv.slice(2);
const client = new ContainerClient(connectionString, container);
const blobs = [];
for await (const { name } of client.listBlobsFlat()) {
    const blob = client.getBlobClient(name);
    const { contentType, metadata, etag } = await blob.getProperties();
    const content = await blob.downloadToBuffer(0, undefined, { conditions: { ifMatch: etag } });
    blobs.push({ name, content: content.toString('base64'), contentType, metadata, etag });
}
console.log(JSON.stringify(blobs));
