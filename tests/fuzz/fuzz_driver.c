/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs a fuzz target without libFuzzer, the same inputs every time: noise, then each file of the
 * folder given, every prefix of it, and mutations of it by a fixed pseudo-random sequence. A second
 * argument N is for targets that take their time: one Nth of the prefixes and mutations.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	INPUT_MAX = 16384,
	PREFIXES = 2048,
	MUTATIONS = 4000,
	NOISE = 20000,
	NOISE_MAX = 512,
	CHANGES = 4,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

/* A copy of exactly its size, so that a sanitizer sees the first byte read beyond it. */
static void try_input(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		abort();
	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void try_mutations(const uint8_t *seed, size_t size, size_t part, uint64_t *state)
{
	static uint8_t input[INPUT_MAX];

	for (size_t n = 0; n < size && n < PREFIXES; n += part)
		try_input(seed, n);
	for (size_t i = 0; i < MUTATIONS / part && size > 0; i++) {
		memcpy(input, seed, size);
		for (uint32_t n = next_random(state) % CHANGES + 1; n > 0; n--)
			input[next_random(state) % size] = next_random(state);
		try_input(input, size);
	}
}

static void try_noise(uint64_t *state)
{
	uint8_t input[NOISE_MAX];

	for (int i = 0; i < NOISE; i++) {
		size_t size = next_random(state) % NOISE_MAX;

		for (size_t n = 0; n < size; n++)
			input[n] = next_random(state);
		try_input(input, size);
	}
}

/* 0, or 1 when the file cannot be read. */
static int try_file(const char *folder, const char *name, size_t part, uint64_t *state)
{
	static uint8_t seed[INPUT_MAX];
	char path[4096];
	FILE *file;
	size_t size;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "rb");
	if (!file) {
		perror(path);
		return 1;
	}
	size = fread(seed, 1, sizeof(seed), file);
	fclose(file);
	try_input(seed, size);
	try_mutations(seed, size, part, state);
	return 0;
}

int main(int argc, char **argv)
{
	size_t part = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
	uint64_t state = 1;
	int failed = 0;
	DIR *folder = argc > 1 ? opendir(argv[1]) : NULL;

	try_noise(&state);
	if (!folder)
		return 0;
	for (const struct dirent *entry; (entry = readdir(folder));) {
		if (entry->d_name[0] != '.')
			failed |= try_file(argv[1], entry->d_name, part ? part : 1, &state);
	}
	closedir(folder);
	return failed;
}
