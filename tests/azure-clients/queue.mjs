// One operation on a queue. The text of a message is taken and given as it is, without Base64. Prints JSON.
//   node queue.mjs <connection string> <queue> create
//   node queue.mjs <connection string> <queue> send <text> [seconds until visible]     {id, popReceipt}
//   node queue.mjs <connection string> <queue> peek [count]                            [{id, text, dequeueCount, insertedOn, expiresOn}]
//   node queue.mjs <connection string> <queue> receive [count] [seconds invisible]     the same and popReceipt, nextVisibleOn
//   node queue.mjs <connection string> <queue> delete <id> <pop receipt>
import { QueueClient } from '@azure/storage-queue';

const [connectionString, queue, operation, ...values] = process.argv.slice(2);
const client = new QueueClient(connectionString, queue);
const number = (text, fallback) => (text === undefined ? fallback : Number(text));

const peeked = (item) => ({
    id: item.messageId,
    text: item.messageText,
    dequeueCount: item.dequeueCount,
    insertedOn: item.insertedOn,
    expiresOn: item.expiresOn,
});

const operations = {
    async create() {
        await client.create();
        return {};
    },
    async send(text, delay) {
        const { messageId, popReceipt } = await client.sendMessage(text, { visibilityTimeout: number(delay, 0) });
        return { id: messageId, popReceipt };
    },
    async peek(count) {
        const { peekedMessageItems } = await client.peekMessages({ numberOfMessages: number(count, 32) });
        return peekedMessageItems.map(peeked);
    },
    async receive(count, seconds) {
        const { receivedMessageItems } = await client.receiveMessages({ numberOfMessages: number(count, 1), visibilityTimeout: number(seconds, 30) });
        return receivedMessageItems.map((item) => ({ ...peeked(item), popReceipt: item.popReceipt, nextVisibleOn: item.nextVisibleOn }));
    },
    async delete(id, popReceipt) {
        await client.deleteMessage(id, popReceipt);
        return {};
    },
};

if (!Object.hasOwn(operations, operation)) {
    throw new Error(`unknown operation ${operation}`);
}
console.log(JSON.stringify(await operations[operation](...values)));
