/*
 * bench-hdlc FILE PASSES [FRAMES]
 *
 * Goes PASSES times through the octets of a timeslot in FILE, most significant bit first, with the HDLC receiver of
 * libosmocore, and prints nanoseconds an octet and how many good frames there were in a pass. FRAMES is a file for the
 * good ones, a line of hex each. scripts/bench-hdlc builds and runs it.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if __has_include(<osmocom/isdn/isdnhdlc.h>)
#include <osmocom/isdn/isdnhdlc.h>
#else
#include <osmocom/core/isdnhdlc.h>
#endif

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static uint8_t *read_all(const char *name, long *size)
{
	FILE *f = fopen(name, "rb");
	uint8_t *b;

	if (!f || fseek(f, 0, SEEK_END) || (*size = ftell(f)) <= 0 || fseek(f, 0, SEEK_SET) || !(b = malloc(*size)) ||
	    fread(b, 1, *size, f) != (size_t)*size) {
		perror(name);
		exit(1);
	}
	fclose(f);
	return b;
}

/* pass gives the number of good frames, and writes them where out is a file. */
static long pass(const uint8_t *b, long size, FILE *out)
{
	struct osmo_isdnhdlc_vars hdlc;
	uint8_t frame[300];
	long good = 0;

	osmo_isdnhdlc_rcv_init(&hdlc, OSMO_HDLC_F_BITREVERSE);
	while (size > 0) {
		int taken;
		int n = osmo_isdnhdlc_decode(&hdlc, b, size, &taken, frame, sizeof(frame));

		b += taken;
		size -= taken;
		if (n <= 0)
			continue;
		good++;
		if (out) {
			for (int i = 0; i < n; i++)
				fprintf(out, "%02x", frame[i]);
			fputc('\n', out);
		}
	}
	return good;
}

int main(int argc, char **argv)
{
	long size, good = 0;
	int passes = argc > 2 ? atoi(argv[2]) : 0;
	uint8_t *b;
	double start;

	if (argc < 3 || passes < 1) {
		fprintf(stderr, "usage: bench-hdlc FILE PASSES [FRAMES]\n");
		return 2;
	}
	b = read_all(argv[1], &size);
	if (argc > 3) {
		FILE *out = fopen(argv[3], "w");

		if (!out) {
			perror(argv[3]);
			return 1;
		}
		pass(b, size, out);
		if (fclose(out)) {
			perror(argv[3]);
			return 1;
		}
	}
	start = now();
	for (int i = 0; i < passes; i++)
		good = pass(b, size, NULL);
	printf("%.3f %ld\n", (now() - start) / passes / size, good);
	return 0;
}
