// SPDX-License-Identifier: GPL-2.0
/* Authentication data (RFC 9301 5.6, 5.7, 12.5) */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "ctrld/wire/auth.h"
#include "wire_util.h"

static const uint8_t psk[] = { 'L', 'I', 'S', 'P' };
static const uint8_t other[] = { 'l', 'i', 's', 'p' };

static struct lisp_key key_of(uint8_t alg, uint8_t mac_len)
{
	struct lisp_key k = { 1, alg, mac_len, psk, sizeof(psk) };

	return k;
}

/* An encoded, unsigned message of @type with one record. */
static size_t unsigned_msg(enum lisp_msg_type type, const struct lisp_key *key,
			   bool trailer, uint8_t *buf, size_t size)
{
	struct lisp_locator l = { .addr = addr_of("10.0.1.1"), .priority = 1 };
	struct lisp_record rec = { .ttl = 1440, .n_locators = 1,
				   .locators = &l };
	struct lisp_msg m = { .type = type };
	int n;

	rec.eid = eid_of("2001:10:1:14::/64");
	m.reg.nonce = 0x1122334455667788;
	m.reg.key_id = key->key_id;
	m.reg.alg_id = key->alg_id;
	m.reg.auth_len = (uint16_t)lisp_auth_len(key);
	m.reg.n_records = 1;
	m.reg.records = &rec;
	m.reg.has_xtr_id = trailer;
	m.reg.site_id = 9;
	n = lisp_msg_encode(&m, buf, size);
	assert_true(n > 0);
	return (size_t)n;
}

static size_t signed_msg(enum lisp_msg_type type, const struct lisp_key *key,
			 bool trailer, uint8_t *buf, size_t size)
{
	size_t n = unsigned_msg(type, key, trailer, buf, size);

	assert_int_equal(lisp_auth_sign(buf, n, key), 0);
	return n;
}

static const uint8_t mac_lens[4][2] = { { 0 }, { 20, 12 }, { 32, 16 },
					{ 32, 16 } };

static void sign_and_verify_one(enum lisp_msg_type type, struct lisp_key k,
				bool trailer)
{
	uint8_t buf[512];
	size_t n = signed_msg(type, &k, trailer, buf, sizeof(buf));

	assert_int_equal(lisp_auth_verify(buf, n, &k), 0);
	k.secret = other;
	assert_int_equal(lisp_auth_verify(buf, n, &k), -EKEYREJECTED);
	k.secret = psk;
	k.len = 3;
	assert_int_equal(lisp_auth_verify(buf, n, &k), -EKEYREJECTED);
}

/* RFC 9301 5.6, 12.5: all algorithms, whole and truncated, all three types */
static void sign_and_verify(void **state)
{
	unsigned int type, alg, i;

	(void)state;
	for (type = LISP_MAP_REGISTER; type <= LISP_MAP_NOTIFY_ACK; type++) {
		for (alg = 1; alg <= 3; alg++) {
			for (i = 0; i < 4; i++)
				sign_and_verify_one(type, key_of((uint8_t)alg,
						    mac_lens[alg][i / 2]),
						    i % 2);
		}
	}
}

/* RFC 9301 5.6 item 5: each bit up to the last record counts, none after it */
static void one_flipped_bit(void **state)
{
	size_t n, covered, bit;
	unsigned int alg;
	uint8_t buf[512];
	int err;

	(void)state;
	for (alg = 1; alg <= 3; alg++) {
		struct lisp_key k = key_of((uint8_t)alg, 0);

		n = signed_msg(LISP_MAP_REGISTER, &k, true, buf, sizeof(buf));
		covered = n - 24;
		for (bit = 0; bit < 8 * n; bit++) {
			buf[bit / 8] ^= (uint8_t)(1 << (bit % 8));
			err = lisp_auth_verify(buf, n, &k);
			buf[bit / 8] ^= (uint8_t)(1 << (bit % 8));
			if (!err != (bit / 8 >= covered))
				fail_msg("algorithm %u, bit %zu: %d", alg, bit,
					 err);
		}
	}
}

/* Some systems cover the trailer as well: their MAC, made here with HMAC() */
static void trailer_covered(void **state)
{
	struct lisp_key k = key_of(LISP_AUTH_SHA256_128, 0);
	uint8_t buf[512], mac[32];
	unsigned int mac_len;
	size_t n;

	(void)state;
	n = unsigned_msg(LISP_MAP_REGISTER, &k, true, buf, sizeof(buf));
	HMAC(EVP_sha256(), psk, sizeof(psk), buf, n, mac, &mac_len);
	memcpy(buf + 16, mac, 32);
	assert_int_equal(lisp_auth_verify(buf, n, &k), 0);
	buf[n - 1] ^= 1;
	assert_int_equal(lisp_auth_verify(buf, n, &k), -EKEYREJECTED);
}

/* Algorithm 0 is never accepted nor sent, with no, zero or any data */
static void algorithm_0(void **state)
{
	struct lisp_key k = key_of(LISP_AUTH_SHA256_128, 0);
	struct lisp_key none = key_of(LISP_AUTH_NONE, 0);
	struct lisp_msg m = { .type = LISP_MAP_REGISTER };
	uint8_t buf[512];
	size_t n;

	(void)state;
	n = signed_msg(LISP_MAP_REGISTER, &k, false, buf, sizeof(buf));
	buf[13] = 0;
	assert_int_equal(lisp_auth_verify(buf, n, &k), -EINVAL);
	assert_int_equal(lisp_auth_verify(buf, n, &none), -EINVAL);
	assert_int_equal(lisp_auth_sign(buf, n, &none), -EINVAL);
	n = hex_bytes("30000000 0000000000000001 01 00 0000", buf, sizeof(buf));
	assert_int_equal(lisp_auth_verify(buf, n, &k), -EINVAL);
	assert_int_equal(lisp_auth_verify(buf, n, &none), -EINVAL);
	assert_int_equal(lisp_auth_len(&none), 0);
	assert_int_equal(lisp_msg_encode(&m, buf, sizeof(buf)), -EINVAL);
	m.reg.auth_len = 32;
	assert_int_equal(lisp_msg_encode(&m, buf, sizeof(buf)), -EINVAL);
	none.alg_id = 4;
	assert_int_equal(lisp_auth_verify(buf, n, &none), -EINVAL);
}

/* A message that names another algorithm than the key's is refused */
static void algorithm_mismatch(void **state)
{
	unsigned int i;
	uint8_t buf[512];
	size_t n;

	(void)state;
	for (i = 0; i < 9; i++) {
		struct lisp_key ka = key_of((uint8_t)(1 + i / 3), 0);
		struct lisp_key kb = key_of((uint8_t)(1 + i % 3), 0);

		if (ka.alg_id == kb.alg_id)
			continue;
		n = signed_msg(LISP_MAP_NOTIFY, &ka, false, buf, sizeof(buf));
		assert_int_equal(lisp_auth_verify(buf, n, &kb), -EINVAL);
		assert_int_equal(lisp_auth_sign(buf, n, &kb), -EINVAL);
	}
}

/* MACs of any other length than the two are refused, above all of length 0 */
static void mac_lengths(void **state)
{
	struct lisp_key k = key_of(LISP_AUTH_SHA256_128, 0);
	uint8_t buf[512];
	unsigned int l;
	size_t n;

	(void)state;
	for (l = 0; l <= 40; l++) {
		n = hex_bytes("30000000 0000000000000001 01 02 0000", buf,
			      sizeof(buf));
		buf[15] = (uint8_t)l;
		memset(buf + n, 0, l);
		assert_int_equal(lisp_auth_verify(buf, n + l, &k),
				 l == 16 || l == 32 ? -EKEYREJECTED : -EBADMSG);
		k.mac_len = (uint8_t)l;
		assert_int_equal(lisp_auth_sign(buf, n + l, &k),
				 l == 16 || l == 32 ? 0 : -EINVAL);
		k.mac_len = 0;
	}
}

/* Key ID, algorithm and length must stand in the message before signing */
static void sign_checks_fields(void **state)
{
	struct lisp_key k = key_of(LISP_AUTH_SHA256_128, 0);
	uint8_t buf[512];
	size_t n;

	(void)state;
	n = unsigned_msg(LISP_MAP_REGISTER, &k, false, buf, sizeof(buf));
	k.key_id = 2;
	assert_int_equal(lisp_auth_sign(buf, n, &k), -EINVAL);
	k.key_id = 1;
	k.mac_len = 16;
	assert_int_equal(lisp_auth_sign(buf, n, &k), -EINVAL);
	k.mac_len = 0;
	k.len = 0;
	assert_int_equal(lisp_auth_sign(buf, n, &k), -EINVAL);
	assert_int_equal(lisp_auth_verify(buf, n, &k), -EINVAL);
	k.len = sizeof(psk);
	assert_int_equal(lisp_auth_sign(buf, n - 1, &k), -EINVAL);
	assert_int_equal(lisp_auth_verify(buf, n - 1, &k), -EBADMSG);
	assert_int_equal(lisp_auth_verify(buf, 0, &k), -EBADMSG);
	buf[0] = 0x20;
	assert_int_equal(lisp_auth_verify(buf, n, &k), -EBADMSG);
}

/* A MAC made by another implementation (wire_golden.c, 16 octets, trailer) */
static void golden_register(void **state)
{
	struct lisp_key k = key_of(LISP_AUTH_SHA256_128, 16);
	uint8_t buf[512], mac[16];
	size_t n;

	(void)state;
	n = golden_bytes("register", buf, sizeof(buf));
	assert_int_equal(lisp_auth_verify(buf, n, &k), 0);
	memcpy(mac, buf + 16, 16);
	memset(buf + 16, 0, 16);
	assert_int_equal(lisp_auth_sign(buf, n, &k), 0);
	assert_memory_equal(buf + 16, mac, 16);
}

/*
 * Our path over chosen octets. HMAC vectors cover their own text and not LISP
 * messages, so this computes the expected MAC with a plain HMAC that the
 * vectors below have proven, from RFC 2104's definition and bare digests.
 */
static void hmac_2104(const char *digest, const uint8_t *k, size_t k_len,
		      const uint8_t *text, size_t len, uint8_t *out)
{
	const EVP_MD *md = EVP_get_digestbyname(digest);
	uint8_t pad[64], inner[64], key[64] = { 0 };
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned int n, i;

	if (k_len > sizeof(key))
		EVP_Digest(k, k_len, key, &n, md, NULL);
	else
		memcpy(key, k, k_len);
	for (i = 0; i < 64; i++)
		pad[i] = key[i] ^ 0x36;
	EVP_DigestInit_ex(ctx, md, NULL);
	EVP_DigestUpdate(ctx, pad, 64);
	EVP_DigestUpdate(ctx, text, len);
	EVP_DigestFinal_ex(ctx, inner, &n);
	for (i = 0; i < 64; i++)
		pad[i] = key[i] ^ 0x5c;
	EVP_DigestInit_ex(ctx, md, NULL);
	EVP_DigestUpdate(ctx, pad, 64);
	EVP_DigestUpdate(ctx, inner, n);
	EVP_DigestFinal_ex(ctx, out, &n);
	EVP_MD_CTX_free(ctx);
}

/* RFC 2202 3 (cases 1, 2), RFC 4231 4.2, 4.3, 4.7 and RFC 5869 A.1 */
static void published_vectors(void **state)
{
	uint8_t k[131], out[32], want[32], prk[32], t[64];

	(void)state;
	memset(k, 0x0b, sizeof(k));
	hmac_2104("SHA1", k, 20, (const uint8_t *)"Hi There", 8, out);
	hex_bytes("b617318655057264e28bc0b6fb378c8ef146be00", want, 32);
	assert_memory_equal(out, want, 20);
	hmac_2104("SHA1", (const uint8_t *)"Jefe", 4,
		  (const uint8_t *)"what do ya want for nothing?", 28, out);
	hex_bytes("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79", want, 32);
	assert_memory_equal(out, want, 20);
	hmac_2104("SHA256", k, 20, (const uint8_t *)"Hi There", 8, out);
	hex_bytes("b0344c61d8db38535ca8afceaf0bf12b "
		  "881dc200c9833da726e9376c2e32cff7", want, 32);
	assert_memory_equal(out, want, 32);
	hmac_2104("SHA256", (const uint8_t *)"Jefe", 4,
		  (const uint8_t *)"what do ya want for nothing?", 28, out);
	hex_bytes("5bdcc146bf60754e6a042426089575c7 "
		  "5a003f089d2739839dec58b964ec3843", want, 32);
	assert_memory_equal(out, want, 32);
	memset(k, 0xaa, sizeof(k));
	hmac_2104("SHA256", k, 131, (const uint8_t *)
		  "Test Using Larger Than Block-Size Key - Hash Key First",
		  54, out);
	hex_bytes("60e431591ee0b67f0d8a26aacbf5b77f "
		  "8e0bc6213728c5140546040f0ee37f54", want, 32);
	assert_memory_equal(out, want, 32);

	/* RFC 5869 A.1: extract, then the first block of expand */
	memset(k, 0x0b, 22);
	hex_bytes("000102030405060708090a0b0c", t, sizeof(t));
	hmac_2104("SHA256", t, 13, k, 22, prk);
	hex_bytes("077709362c2e32df0ddc3f0dc47bba63 "
		  "90b6c73bb50f9c3122ec844ad7c2b3e5", want, 32);
	assert_memory_equal(prk, want, 32);
	hex_bytes("f0f1f2f3f4f5f6f7f8f901", t, sizeof(t));
	hmac_2104("SHA256", prk, 32, t, 11, out);
	hex_bytes("3cb25f25faacd57a90434f64d0362f2a "
		  "2d2d0a90cf1a5a4c5db02d56ecc4c5bf", want, 32);
	assert_memory_equal(out, want, 32);
}

/* RFC 9301 5.6: algorithms 1 and 2 are the plain HMAC with PSK[Key ID] */
static void plain_hmac_5_6(void **state)
{
	uint8_t buf[512], want[32];
	unsigned int i;
	size_t n;

	(void)state;
	for (i = 0; i < 4; i++) {
		unsigned int alg = 1 + i / 2, mac_len = mac_lens[alg][i % 2];
		struct lisp_key k = key_of((uint8_t)alg, (uint8_t)mac_len);

		n = unsigned_msg(LISP_MAP_REGISTER, &k, true, buf, sizeof(buf));
		hmac_2104(alg == 1 ? "SHA1" : "SHA256", psk, sizeof(psk), buf,
			  n - 24, want);
		assert_int_equal(lisp_auth_sign(buf, n, &k), 0);
		assert_memory_equal(buf + 16, want, mac_len);
	}
}

/*
 * RFC 9301 5.6 item 4: per-msg-key = KDF(nonce + PSK, s), a salt for each
 * message type; HKDF's info is empty and its length 32 (RFC 5869)
 */
static void hkdf_5_6(void **state)
{
	static const char *const salts[] = {
		[LISP_MAP_REGISTER] = "Map-Register Authentication",
		[LISP_MAP_NOTIFY] = "Map-Notify Authentication",
		[LISP_MAP_NOTIFY_ACK] = "Map-Notify-Ack Authentication",
	};
	struct lisp_key k = key_of(LISP_AUTH_SHA256_HKDF, 0);
	uint8_t buf[512], ikm[12], prk[32], okm[32], want[32];
	static const uint8_t one = 1;
	unsigned int type;
	size_t n;

	(void)state;
	for (type = LISP_MAP_REGISTER; type <= LISP_MAP_NOTIFY_ACK; type++) {
		n = unsigned_msg(type, &k, false, buf, sizeof(buf));
		memcpy(ikm, buf + 4, 8);
		memcpy(ikm + 8, psk, 4);
		hmac_2104("SHA256", (const uint8_t *)salts[type],
			  strlen(salts[type]), ikm, 12, prk);
		hmac_2104("SHA256", prk, 32, &one, 1, okm);
		hmac_2104("SHA256", okm, 32, buf, n, want);
		assert_int_equal(lisp_auth_sign(buf, n, &k), 0);
		assert_memory_equal(buf + 16, want, 32);
	}
}

/* Info messages: the whole message is covered; algorithm 3 has no salt there */
static void info_messages(void **state)
{
	struct lisp_msg m = { .type = LISP_INFO };
	uint8_t buf[512];
	unsigned int alg;
	int n, want;

	(void)state;
	m.info.eid = eid_of("10.1.14.0/24");
	m.info.key_id = 1;
	for (alg = 1; alg <= 3; alg++) {
		struct lisp_key k = key_of((uint8_t)alg, 0);

		m.info.alg_id = (uint8_t)alg;
		m.info.auth_len = 0;
		n = lisp_msg_encode(&m, buf, sizeof(buf));
		assert_true(n > 0);
		want = alg == 3 ? -EINVAL : 0;
		assert_int_equal(lisp_auth_sign(buf, (size_t)n, &k), want);
		assert_int_equal(lisp_auth_verify(buf, (size_t)n, &k), want);
		buf[n - 1] ^= 1;
		assert_int_not_equal(lisp_auth_verify(buf, (size_t)n, &k), 0);
	}
}

static void names(void **state)
{
	unsigned int alg;

	(void)state;
	for (alg = 1; alg <= 3; alg++)
		assert_int_equal(lisp_auth_alg_parse(lisp_auth_alg_str(alg)),
				 alg);
	assert_int_equal(lisp_auth_alg_parse("none"), -EINVAL);
	assert_int_equal(lisp_auth_alg_parse(""), -EINVAL);
	assert_string_equal(lisp_auth_alg_str(2), "sha256");
	assert_string_equal(lisp_auth_alg_str(0), "none");
	assert_string_equal(lisp_auth_alg_str(200), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sign_and_verify),
		cmocka_unit_test(one_flipped_bit),
		cmocka_unit_test(trailer_covered),
		cmocka_unit_test(algorithm_0),
		cmocka_unit_test(algorithm_mismatch),
		cmocka_unit_test(mac_lengths),
		cmocka_unit_test(sign_checks_fields),
		cmocka_unit_test(golden_register),
		cmocka_unit_test(published_vectors),
		cmocka_unit_test(plain_hmac_5_6),
		cmocka_unit_test(hkdf_5_6),
		cmocka_unit_test(info_messages),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
