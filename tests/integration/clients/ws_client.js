// One connection with npm's `ws`: node ws_client.js URL TOKEN CONVERSATION_ID CONTENT
// Sends CONTENT, and prints each message that comes as a line of JSON until the ack was seen and the
// connection is closed; the last line is {"closed": code}. Exits with 1 when anything goes wrong.
'use strict';

const WebSocket = require('ws');

const [url, token, conversationId, content] = process.argv.slice(2);
const options = { headers: { Authorization: `Bearer ${token}` }, handshakeTimeout: 10000 };
const socket = new WebSocket(url, options);
const patience = setTimeout(() => fail('nothing happened for 20 s'), 20000);

function fail(reason) {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}

function print(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

socket.on('error', (error) => fail(error.message));
socket.on('message', (data) => {
  const message = JSON.parse(data.toString());
  print(message);
  if (message.op === 'ready') {
    socket.ping('are you there?');
  } else if (message.op === 'ack') {
    socket.close(1000, 'done');
  }
});
socket.on('pong', (data) => {
  print({ pong: data.toString() });
  socket.send(JSON.stringify({ op: 'send', ref: 'node', conversationId, content }));
});
socket.on('close', (code) => {
  clearTimeout(patience);
  print({ closed: code });
});
