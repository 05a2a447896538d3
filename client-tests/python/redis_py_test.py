"""What users of redis-py do with a server, once in each version of the protocol that the client speaks.

HOST and PORT say where the server is; its data are deleted.
"""

import os
import threading
import time
import unittest

import redis

SERVER = {"host": os.environ.get("HOST", "127.0.0.1"), "port": int(os.environ.get("PORT", "0"))}
PATIENCE_SECONDS = 20


class Resp2(unittest.TestCase):
    """The tests, in the older version of the protocol."""

    options = {"protocol": 2} if redis.VERSION >= (5,) else {}

    def setUp(self):
        self.opened = []
        self.redis = self.open()
        self.redis.flushall()

    def tearDown(self):
        for client in self.opened:
            client.close()

    def open(self):
        client = redis.Redis(
            **SERVER, decode_responses=True, socket_timeout=PATIENCE_SECONDS, **self.options
        )
        self.opened.append(client)
        return client

    def test_strings_and_bits(self):
        self.assertTrue(self.redis.set("s", "wört", ex=100, nx=True))
        self.assertIsNone(self.redis.set("s", "other", nx=True))
        self.assertEqual("wört", self.redis.get("s"))
        self.assertEqual(41, self.redis.incrby("n", 41))
        self.assertEqual(41.5, float(self.redis.incrbyfloat("n", 0.5)))
        self.assertEqual(["wört", None, "41.5"], self.redis.mget("s", "none", "n"))
        self.assertEqual(0, self.redis.setbit("bits", 100, 1))
        self.assertEqual(1, self.redis.bitcount("bits"))
        self.assertEqual([8], self.redis.bitfield("bits").get("u8", 96).execute())

    def test_keys_and_expiry(self):
        self.redis.mset({"a": "1", "b": "2"})
        self.assertTrue(self.redis.expire("a", 100))
        self.assertEqual(100, self.redis.ttl("a"))
        self.assertTrue(self.redis.persist("a"))
        self.assertTrue(self.redis.rename("a", "c"))
        self.assertEqual(["b", "c"], sorted(self.redis.keys("*")))
        self.assertEqual(2, self.redis.unlink("b", "c", "none"))
        self.assertEqual(0, self.redis.dbsize())

    def test_hashes(self):
        self.assertEqual(2, self.redis.hset("h", mapping={"a": "1", "b": "2"}))
        self.assertEqual({"a": "1", "b": "2"}, self.redis.hgetall("h"))
        self.assertEqual(["1", None], self.redis.hmget("h", "a", "none"))
        self.assertEqual(6, self.redis.hincrby("h", "a", 5))
        self.assertEqual(2, self.redis.hdel("h", "a", "b"))
        self.assertFalse(self.redis.exists("h"))

    def test_lists(self):
        self.assertEqual(3, self.redis.rpush("l", "a", "b", "c"))
        self.assertEqual(["a", "b", "c"], self.redis.lrange("l", 0, -1))
        self.assertEqual("a", self.redis.lmove("l", "m", "LEFT", "RIGHT"))
        self.assertEqual(["c", "b"], self.redis.rpop("l", 5))

    def test_sets(self):
        self.assertEqual(3, self.redis.sadd("s", "a", "b", "c"))
        self.assertEqual(1, self.redis.sadd("t", "b"))
        self.assertEqual(["a", "b", "c"], sorted(self.redis.smembers("s")))
        self.assertEqual(["a", "c"], sorted(self.redis.sdiff("s", "t")))
        self.assertTrue(self.redis.sismember("s", "a"))

    def test_sorted_sets_and_places(self):
        self.assertEqual(2, self.redis.zadd("z", {"a": 1, "b": 2.5}))
        scored = self.redis.zrange("z", 0, -1, withscores=True)
        self.assertEqual([("a", 1), ("b", 2.5)], [tuple(pair) for pair in scored])
        self.assertEqual(2.5, self.redis.zscore("z", "b"))
        self.assertEqual(1, self.redis.zrevrank("z", "a"))
        self.redis.geoadd("g", (13.361389, 38.115556, "Palermo", 15.087269, 37.502669, "Catania"))
        self.assertEqual(166.2742, self.redis.geodist("g", "Palermo", "Catania", "km"))
        near = self.redis.geosearch("g", longitude=15, latitude=37, radius=100, unit="km")
        self.assertEqual(["Catania"], near)

    def test_counting_without_keeping(self):
        self.assertEqual(1, self.redis.pfadd("p", "a", "b", "c"))
        self.assertEqual(3, self.redis.pfcount("p"))

    def test_streams_and_groups_of_readers(self):
        entry = self.redis.xadd("x", {"field": "value"})
        self.assertEqual([(entry, {"field": "value"})], self.redis.xrange("x"))
        self.redis.xgroup_create("x", "readers", "0")
        read = self.redis.xreadgroup("readers", "me", {"x": ">"})
        self.assertIn(entry, str(read))
        self.assertEqual(1, self.redis.xpending("x", "readers")["pending"])
        self.assertEqual(1, self.redis.xack("x", "readers", entry))
        self.assertEqual(1, self.redis.xinfo_stream("x")["length"])

    def test_a_pipeline_is_answered_in_order_with_errors_where_they_belong(self):
        pipeline = self.redis.pipeline(transaction=False)
        for i in range(1000):
            pipeline.set("key%d" % i, i)
        replies = pipeline.lpush("key1", "x").get("key999").execute(raise_on_error=False)
        self.assertEqual([True] * 1000, replies[:1000])
        self.assertIsInstance(replies[1000], redis.ResponseError)
        self.assertEqual("999", replies[1001])

    def test_a_transaction_does_nothing_if_a_watched_key_was_changed(self):
        other = self.open()
        with self.redis.pipeline() as transaction:
            transaction.watch("watched")
            other.set("watched", "by another")
            transaction.multi()
            transaction.set("watched", "mine")
            self.assertRaises(redis.WatchError, transaction.execute)
        with self.redis.pipeline() as transaction:
            transaction.watch("watched")
            transaction.multi()
            replies = transaction.get("watched").incr("n").execute()
            self.assertEqual(["by another", 1], replies)

    def test_subscribers_hear_what_is_published(self):
        listening = self.redis.pubsub(ignore_subscribe_messages=False)
        listening.subscribe("news")
        listening.psubscribe("n*")
        kinds = [self.next_message(listening)["type"] for _ in range(2)]
        self.assertEqual(["subscribe", "psubscribe"], kinds)
        self.assertEqual(2, self.open().publish("news", "hello"))
        heard = [self.next_message(listening) for _ in range(2)]
        self.assertEqual(
            [("message", "news", "hello"), ("pmessage", "news", "hello")],
            [(message["type"], message["channel"], message["data"]) for message in heard],
        )
        listening.close()

    @staticmethod
    def next_message(listening):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            message = listening.get_message(timeout=1)
            if message is not None:
                return message
        raise AssertionError("silence")

    def test_a_blocked_client_is_served(self):
        popped = []
        waiting = self.open()
        thread = threading.Thread(
            target=lambda: popped.extend(
                [
                    waiting.blpop(["none", "jobs"], PATIENCE_SECONDS),
                    waiting.bzpopmin("ranks", PATIENCE_SECONDS),
                ]
            )
        )
        thread.start()
        self.redis.rpush("jobs", "job")
        self.redis.zadd("ranks", {"first": 1.5})
        thread.join(2 * PATIENCE_SECONDS)
        self.assertEqual([["jobs", "job"], ["ranks", "first", 1.5]], [list(pair) for pair in popped])
        self.assertIsNone(self.redis.brpop("jobs", 0.01))

    def test_scripts_are_sent_once_and_then_named(self):
        script = self.redis.register_script(
            "for _, v in ipairs(ARGV) do redis.call('RPUSH', KEYS[1], v) end"
            " return redis.call('LLEN', KEYS[1])"
        )
        self.assertEqual(2, script(keys=["l"], args=["a", "b"]))
        self.assertEqual(3, script(keys=["l"], args=["c"]))
        self.assertEqual([1, "two", [3]], self.redis.eval("return {1, 'two', {3}}", 0))
        self.redis.function_load(
            "#!lua name=lib\nredis.register_function('twice', function(k, a) return 2 * a[1] end)",
            replace=True,
        )
        self.assertEqual(42, self.redis.fcall("twice", 0, 21))
        self.redis.function_delete("lib")

    def test_scan_and_its_kin_find_everything(self):
        wanted = {"key:%d" % i: "v" for i in range(1500)}
        self.redis.mset(wanted)
        self.redis.zadd("z", {key: 1 for key in wanted})
        self.assertEqual(set(wanted), set(self.redis.scan_iter("key:*", count=100)))
        self.assertEqual(set(wanted), {member for member, _ in self.redis.zscan_iter("z")})

    def test_the_server_describes_itself(self):
        self.assertTrue(self.redis.info("server")["redis_version"].startswith("7."))
        self.assertTrue(self.redis.client_setname("smoke"))
        self.assertIn("smoke", [client["name"] for client in self.redis.client_list()])
        self.assertGreater(self.redis.command_count(), 200)
        self.assertEqual({"databases": "16"}, self.redis.config_get("databases"))
        with self.assertRaisesRegex(redis.ResponseError, "unknown command 'NOSUCH'"):
            self.redis.execute_command("NOSUCH")


@unittest.skipIf(redis.VERSION < (5,), "redis-py %s speaks RESP2 only" % redis.__version__)
class Resp3(Resp2):
    """The same in the newer version."""

    options = {"protocol": 3}

    def test_the_protocol_is_the_one_that_was_asked_for(self):
        self.assertEqual("3", str(self.redis.client_info()["resp"]))


if __name__ == "__main__":
    print("redis-py", redis.__version__)
    unittest.main()
