// What users of node-redis do with a server, once in each version of the protocol.
// HOST and PORT say where the server is; its data are deleted.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { createClient, defineScript, WatchError } from "redis";

const socket = { host: process.env.HOST ?? "127.0.0.1", port: Number(process.env.PORT) };

const appendAll = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: "for _, v in ipairs(ARGV) do redis.call('RPUSH', KEYS[1], v) end return redis.call('LLEN', KEYS[1])",
  parseCommand(parser, key, ...values) {
    parser.pushKey(key);
    parser.push(...values);
  },
  transformReply: (reply) => reply,
});

for (const RESP of [2, 3]) {
  describe(`node-redis speaks RESP${RESP}`, () => {
    const opened = [];
    let redis;

    async function open(options = {}) {
      const client = createClient({ socket: { ...socket, reconnectStrategy: false }, RESP, ...options });
      client.on("error", (error) => console.error(error));
      opened.push(client);
      return client.connect();
    }

    beforeEach(async () => {
      redis = await open({ scripts: { appendAll } });
      await redis.flushAll();
    });

    afterEach(() => {
      opened.splice(0).forEach((client) => client.isOpen && client.destroy());
    });

    test("strings and bits", async () => {
      const once = { expiration: { type: "EX", value: 100 }, condition: "NX" };
      assert.equal(await redis.set("s", "wört", once), "OK");
      assert.equal(await redis.set("s", "other", once), null);
      assert.equal(await redis.get("s"), "wört");
      assert.equal(await redis.incrBy("n", 41), 41);
      assert.equal(await redis.incrByFloat("n", 0.5), "41.5");
      assert.deepEqual(await redis.mGet(["s", "none", "n"]), ["wört", null, "41.5"]);
      assert.equal(await redis.setBit("bits", 100, 1), 0);
      assert.equal(await redis.bitCount("bits"), 1);
    });

    test("keys and expiry", async () => {
      await redis.mSet({ a: "1", b: "2" });
      assert.equal(await redis.expire("a", 100), 1);
      assert.equal(await redis.ttl("a"), 100);
      assert.equal(await redis.persist("a"), 1);
      assert.equal(await redis.rename("a", "c"), "OK");
      assert.deepEqual((await redis.keys("*")).sort(), ["b", "c"]);
      assert.equal(await redis.unlink(["b", "c", "none"]), 2);
      assert.equal(await redis.dbSize(), 0);
    });

    test("hashes and fields that expire", async () => {
      assert.equal(await redis.hSet("h", { a: "1", b: "2" }), 2);
      assert.deepEqual({ ...(await redis.hGetAll("h")) }, { a: "1", b: "2" });
      assert.equal(await redis.hIncrBy("h", "a", 5), 6);
      assert.deepEqual(await redis.hExpire("h", ["a"], 100), [1]);
      assert.deepEqual(await redis.hTTL("h", ["a", "b", "none"]), [100, -1, -2]);
      assert.equal(await redis.hDel("h", ["a", "b"]), 2);
      assert.equal(await redis.exists("h"), 0);
    });

    test("lists", async () => {
      assert.equal(await redis.rPush("l", ["a", "b", "c"]), 3);
      assert.deepEqual(await redis.lRange("l", 0, -1), ["a", "b", "c"]);
      assert.equal(await redis.lMove("l", "m", "LEFT", "RIGHT"), "a");
      assert.deepEqual(await redis.rPopCount("l", 5), ["c", "b"]);
    });

    test("sets", async () => {
      assert.equal(await redis.sAdd("s", ["a", "b", "c"]), 3);
      assert.equal(await redis.sAdd("t", "b"), 1);
      assert.deepEqual([...(await redis.sMembers("s"))].sort(), ["a", "b", "c"]);
      assert.deepEqual([...(await redis.sDiff(["s", "t"]))].sort(), ["a", "c"]);
      assert.equal(await redis.sIsMember("s", "a"), 1);
    });

    test("sorted sets and places", async () => {
      const pairs = [{ value: "a", score: 1 }, { value: "b", score: 2.5 }];
      assert.equal(await redis.zAdd("z", pairs), 2);
      assert.deepEqual(await redis.zRangeWithScores("z", 0, -1), pairs);
      assert.equal(await redis.zScore("z", "b"), 2.5);
      assert.deepEqual(await redis.zmPop("z", "MAX"), { key: "z", members: [pairs[1]] });
      assert.deepEqual(await redis.zPopMin("z"), pairs[0]);
      await redis.geoAdd("g", [
        { longitude: 13.361389, latitude: 38.115556, member: "Palermo" },
        { longitude: 15.087269, latitude: 37.502669, member: "Catania" },
      ]);
      assert.equal(await redis.geoDist("g", "Palermo", "Catania", "km"), 166.2742);
      const near = await redis.geoSearch("g", { longitude: 15, latitude: 37 }, { radius: 100, unit: "km" });
      assert.deepEqual(near, ["Catania"]);
    });

    test("counting without keeping", async () => {
      assert.equal(await redis.pfAdd("p", ["a", "b", "c"]), 1);
      assert.equal(await redis.pfCount("p"), 3);
    });

    test("streams and groups of readers", async () => {
      const id = await redis.xAdd("x", "*", { field: "value" });
      await redis.xGroupCreate("x", "readers", "0");
      const read = await redis.xReadGroup("readers", "me", { key: "x", id: ">" });
      assert.equal(read[0].messages[0].id, id);
      assert.deepEqual({ ...read[0].messages[0].message }, { field: "value" });
      assert.equal((await redis.xPending("x", "readers")).pending, 1);
      assert.equal(await redis.xAck("x", "readers", id), 1);
      assert.equal((await redis.xInfoStream("x")).length, 1);
    });

    test("what is sent in one turn is a pipeline", async () => {
      const replies = await Promise.all(
        Array.from({ length: 1000 }, (_, i) => redis.set(`key${i}`, `${i}`)),
      );
      assert.equal(replies.every((reply) => reply === "OK"), true);
      assert.equal(await redis.get("key999"), "999");
      await assert.rejects(redis.lPush("key1", "x"), /^Error: WRONGTYPE|WRONGTYPE/);
    });

    test("a transaction does nothing if a watched key was changed", async () => {
      const other = await open();
      await redis.watch("watched");
      await other.set("watched", "by another");
      await assert.rejects(redis.multi().set("watched", "mine").exec(), WatchError);
      await redis.watch("watched");
      assert.deepEqual(await redis.multi().get("watched").incr("n").exec(), ["by another", 1]);
    });

    test("subscribers hear what is published", async () => {
      const listening = await open();
      const heard = await new Promise((resolve, reject) => {
        const all = [];
        const hear = (message, channel) => {
          all.push(`${channel}: ${message}`);
          if (all.length === 3) {
            resolve(all);
          }
        };
        listening
          .subscribe("news", hear)
          .then(() => listening.pSubscribe("n*", hear))
          .then(() => listening.sSubscribe("shard", hear))
          .then(() => redis.publish("news", "hello"))
          .then(() => redis.sPublish("shard", "deep"))
          .catch(reject);
      });
      assert.deepEqual(heard, ["news: hello", "news: hello", "shard: deep"]);
      await listening.unsubscribe();
      await listening.pUnsubscribe();
      await listening.sUnsubscribe();
      assert.equal(await listening.exists("news"), 0);
    });

    test("a blocked client is served", async () => {
      const waiting = await open();
      const popped = waiting.blPop(["none", "jobs"], 20);
      const least = (await open()).bzPopMin("ranks", 20);
      await redis.rPush("jobs", "job");
      await redis.zAdd("ranks", { score: 1.5, value: "first" });
      assert.deepEqual({ ...(await popped) }, { key: "jobs", element: "job" });
      assert.deepEqual({ ...(await least) }, { key: "ranks", value: "first", score: 1.5 });
      assert.equal(await waiting.blPop("jobs", 0.01), null);
    });

    test("scripts are sent once and then named", async () => {
      assert.equal(await redis.appendAll("l", "a", "b"), 2);
      assert.equal(await redis.appendAll("l", "c"), 3);
      assert.deepEqual(await redis.eval("return {1, 'two', {3}}"), [1, "two", [3]]);
      await redis.functionLoad(
        "#!lua name=lib\nredis.register_function('twice', function(k, a) return 2 * a[1] end)",
        { REPLACE: true },
      );
      assert.equal(await redis.fCall("twice", { arguments: ["21"] }), 42);
      await redis.functionDelete("lib");
    });

    test("SCAN and its kin find everything", async () => {
      const wanted = Array.from({ length: 1500 }, (_, i) => `key:${i}`);
      await redis.mSet(wanted.flatMap((key) => [key, "v"]));
      await redis.sAdd("set", wanted);
      const found = new Set();
      for await (const keys of redis.scanIterator({ MATCH: "key:*", COUNT: 100 })) {
        keys.forEach((key) => found.add(key));
      }
      assert.deepEqual([...found].sort(), [...wanted].sort());
      const members = new Set();
      for await (const page of redis.sScanIterator("set")) {
        page.forEach((member) => members.add(member));
      }
      assert.deepEqual([...members].sort(), [...wanted].sort());
    });

    test("the server describes itself", async () => {
      assert.match(await redis.info("server"), /redis_version:7\./);
      assert.equal(await redis.clientSetName("smoke"), "OK");
      assert.equal((await redis.clientInfo()).name, "smoke");
      assert.equal((await redis.commandCount()) > 200, true);
      assert.deepEqual({ ...(await redis.configGet("databases")) }, { databases: "16" });
      await assert.rejects(redis.sendCommand(["NOSUCH"]), /unknown command 'NOSUCH'/);
      await assert.rejects(redis.clusterInfo(), /cluster support disabled/);
    });

    if (RESP === 3) {
      test("values that the client keeps are dropped when they change", async () => {
        const caching = await open({ clientSideCache: { ttl: 0, maxEntries: 100, evictPolicy: "LRU" } });
        await redis.set("kept", "old");
        assert.equal(await caching.get("kept"), "old");
        await redis.set("kept", "new");
        let value;
        for (let tries = 0; value !== "new" && tries < 10_000; tries++) {
          value = await caching.get("kept");
          await new Promise(setImmediate);
        }
        assert.equal(value, "new");
      });
    }
  });
}
