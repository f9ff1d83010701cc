/* Hashes, HMAC, AES and random bytes, with published test vectors: FIPS 180-4, RFC 4231, FIPS 197, NIST GCM. */
#include "check.h"
#include <bcrypt.h>

static BOOLEAN Is(const UCHAR *Bytes, PCSTR Hex, ULONG Length) {
  ULONG i;
  for (i = 0; i < 2 * Length; i++) {
    UCHAR Nibble = (i & 1) == 0 ? Bytes[i / 2] >> 4 : Bytes[i / 2] & 15;
    if (Hex[i] != (Nibble < 10 ? '0' + Nibble : 'a' + Nibble - 10)) {
      return FALSE;
    }
  }
  return Hex[i] == 0;
}

static UCHAR Out[64], Back[64], Object[256];
static PUCHAR Abc = (PUCHAR) "abc";

static VOID TestHash(VOID) {
  BCRYPT_ALG_HANDLE Algorithm = NULL;
  BCRYPT_HASH_HANDLE Hash = NULL, Copy = NULL;
  ULONG Size = 0, Length = 0;
  CHECK(BCryptOpenAlgorithmProvider(&Algorithm, L"NONE", NULL, 0) == STATUS_NOT_FOUND);
  CHECK(BCryptOpenAlgorithmProvider(&Algorithm, BCRYPT_SHA256_ALGORITHM, NULL, BCRYPT_PROV_DISPATCH) == STATUS_SUCCESS);
  CHECK(BCryptGetProperty(Algorithm, BCRYPT_OBJECT_LENGTH, (PUCHAR)&Size, sizeof(Size), &Length, 0) == STATUS_SUCCESS && Size <= 256);
  CHECK(BCryptGetProperty(Algorithm, BCRYPT_HASH_LENGTH, (PUCHAR)&Size, sizeof(Size), &Length, 0) == STATUS_SUCCESS && Size == 32);
  CHECK(BCryptCreateHash(Algorithm, &Hash, Object, sizeof(Object), NULL, 0, 0) == STATUS_SUCCESS);
  CHECK(BCryptHashData(Hash, Abc, 1, 0) == STATUS_SUCCESS);
  CHECK(BCryptDuplicateHash(Hash, &Copy, NULL, 0, 0) == STATUS_SUCCESS);
  CHECK(BCryptHashData(Hash, Abc + 1, 2, 0) == STATUS_SUCCESS && BCryptHashData(Copy, Abc + 1, 2, 0) == STATUS_SUCCESS);
  CHECK(BCryptFinishHash(Hash, Out, 31, 0) == STATUS_INVALID_PARAMETER);
  CHECK(BCryptFinishHash(Hash, Out, 32, 0) == STATUS_SUCCESS && BCryptFinishHash(Copy, Back, 32, 0) == STATUS_SUCCESS);
  CHECK(Is(Out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 32));
  CHECK(Is(Back, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 32));
  CHECK(BCryptDestroyHash(Hash) == STATUS_SUCCESS && BCryptDestroyHash(Copy) == STATUS_SUCCESS);
  CHECK(BCryptHashData(Hash, Abc, 1, 0) == STATUS_INVALID_HANDLE);
  CHECK(BCryptCloseAlgorithmProvider(Algorithm, 0) == STATUS_SUCCESS);
  CHECK(BCryptHash(BCRYPT_SHA1_ALG_HANDLE, NULL, 0, Abc, 3, Out, 20) == STATUS_SUCCESS);
  CHECK(Is(Out, "a9993e364706816aba3e25717850c26c9cd0d89d", 20));
  CHECK(BCryptHash(BCRYPT_HMAC_SHA256_ALG_HANDLE, (PUCHAR) "Jefe", 4, (PUCHAR) "what do ya want for nothing?", 28, Out, 32) == STATUS_SUCCESS);
  CHECK(Is(Out, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", 32));
}

static VOID TestAes(VOID) {
  BCRYPT_ALG_HANDLE Algorithm = NULL;
  BCRYPT_KEY_HANDLE Key = NULL;
  static UCHAR Secret[16], Plain[16], Iv[16];
  ULONG i, Length = 0;
  for (i = 0; i < 16; i++) {
    Secret[i] = (UCHAR)i;
    Plain[i] = (UCHAR)(i * 0x11);
  }
  CHECK(BCryptOpenAlgorithmProvider(&Algorithm, BCRYPT_AES_ALGORITHM, NULL, 0) == STATUS_SUCCESS);
  CHECK(BCryptSetProperty(Algorithm, BCRYPT_CHAINING_MODE, (PUCHAR)BCRYPT_CHAIN_MODE_ECB, sizeof(BCRYPT_CHAIN_MODE_ECB), 0) == STATUS_SUCCESS);
  CHECK(BCryptGenerateSymmetricKey(Algorithm, &Key, NULL, 0, Secret, 15, 0) == STATUS_INVALID_PARAMETER);
  CHECK(BCryptGenerateSymmetricKey(Algorithm, &Key, NULL, 0, Secret, 16, 0) == STATUS_SUCCESS);
  CHECK(BCryptEncrypt(Key, Plain, 16, NULL, NULL, 0, Out, 8, &Length, 0) == STATUS_BUFFER_TOO_SMALL && Length == 16);
  CHECK(BCryptEncrypt(Key, Plain, 16, NULL, NULL, 0, Out, 16, &Length, 0) == STATUS_SUCCESS && Length == 16);
  CHECK(Is(Out, "69c4e0d86a7b0430d8cdb78070b4c55a", 16));
  CHECK(BCryptDecrypt(Key, Out, 16, NULL, NULL, 0, Back, 16, &Length, 0) == STATUS_SUCCESS);
  CHECK(Is(Back, "00112233445566778899aabbccddeeff", 16));
  CHECK(BCryptSetProperty(Key, BCRYPT_CHAINING_MODE, (PUCHAR)BCRYPT_CHAIN_MODE_CBC, 0, 0) == STATUS_SUCCESS);
  CHECK(BCryptEncrypt(Key, Abc, 3, NULL, Iv, 16, Out, 16, &Length, BCRYPT_BLOCK_PADDING) == STATUS_SUCCESS && Length == 16);
  for (i = 0; i < 16; i++) {
    Iv[i] = 0;
  }
  CHECK(BCryptDecrypt(Key, Out, 16, NULL, Iv, 16, Back, 16, &Length, BCRYPT_BLOCK_PADDING) == STATUS_SUCCESS && Length == 3);
  CHECK(Is(Back, "616263", 3));
  CHECK(BCryptDestroyKey(Key) == STATUS_SUCCESS && BCryptCloseAlgorithmProvider(Algorithm, 0) == STATUS_SUCCESS);
}

static VOID TestGcm(VOID) {
  BCRYPT_KEY_HANDLE Key = NULL;
  static UCHAR Secret[16], Zero[16], Nonce[12], Tag[16];
  static BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO Info;
  ULONG Length = 0;
  Info.cbSize = sizeof(Info);
  Info.dwInfoVersion = BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO_VERSION;
  Info.pbNonce = Nonce;
  Info.cbNonce = sizeof(Nonce);
  Info.pbTag = Tag;
  Info.cbTag = sizeof(Tag);
  CHECK(BCryptGenerateSymmetricKey(BCRYPT_AES_GCM_ALG_HANDLE, &Key, NULL, 0, Secret, 16, 0) == STATUS_SUCCESS);
  CHECK(BCryptEncrypt(Key, Zero, 16, &Info, NULL, 0, Out, 16, &Length, 0) == STATUS_SUCCESS && Length == 16);
  CHECK(Is(Out, "0388dace60b6a392f328c2b971b2fe78", 16));
  CHECK(Is(Tag, "ab6e47d42cec13bdf53a67b21257bddf", 16));
  CHECK(BCryptDecrypt(Key, Out, 16, &Info, NULL, 0, Back, 16, &Length, 0) == STATUS_SUCCESS);
  CHECK(Is(Back, "00000000000000000000000000000000", 16));
  Tag[0] ^= 1;
  CHECK(BCryptDecrypt(Key, Out, 16, &Info, NULL, 0, Back, 16, &Length, 0) == STATUS_AUTH_TAG_MISMATCH);
  BCryptDestroyKey(Key);
}

static VOID TestRandom(VOID) {
  GUID Guid;
  CHECK(BCryptGenRandom(NULL, Out, 16, BCRYPT_USE_SYSTEM_PREFERRED_RNG) == STATUS_SUCCESS);
  CHECK(BCryptGenRandom(BCRYPT_RNG_ALG_HANDLE, Back, 16, 0) == STATUS_SUCCESS);
  CHECK(*(PULONG64)Out != *(PULONG64)Back);
  CHECK(ExUuidCreate(&Guid) == STATUS_SUCCESS && (Guid.Data3 >> 12) == 4);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  BCRYPT_ALG_HANDLE Algorithm = NULL;
  UNREFERENCED_PARAMETER(RegistryPath);
  DriverObject->DriverUnload = DriverUnload;
  if (BCryptOpenAlgorithmProvider(&Algorithm, BCRYPT_SHA256_ALGORITHM, NULL, 0) == STATUS_NOT_SUPPORTED) {
    return STATUS_NOT_SUPPORTED;
  }
  BCryptCloseAlgorithmProvider(Algorithm, 0);
  TestHash();
  TestAes();
  TestGcm();
  TestRandom();
  return STATUS_SUCCESS;
}
