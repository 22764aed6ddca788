/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same function in operators that the runtime computes faster. ONNX Runtime keeps values in
 * blocks of 8 or 16 channels from one convolution to the next, but not through a PRelu nor through
 * a depthwise convolution whose channels fill no blocks: there it takes all apart and puts it
 * together again, which costs more than the convolutions. So channels are filled up with zeros, and
 * a PRelu becomes two convolutions of one pixel. Results differ by rounding only.
 */
#include "tensor/onnx.h"
#include "tensor/ort.h"

#define BLOCK 16 /* the widest; 8 divides it */

/* A convolution over all channels: its weights, if they are two-dimensional and its own. */
static struct onnx_tensor *conv_weights(const struct onnx_graph *g, const struct onnx_node *n)
{
	struct onnx_tensor *w;

	if (!n || !span_is(n->op, "Conv") || n->ins < 2 || n->ins > 3 || n->outs != 1)
		return NULL;
	w = onnx_own_weights(g, n->in[1]);
	return w && w->rank == 4 ? w : NULL;
}

/* One slope for each of the channels that a two-dimensional convolution has made. */
static struct onnx_tensor *prelu_slopes(const struct onnx_graph *g, const struct onnx_node *n)
{
	struct onnx_tensor *slope, *w;

	if (!n || !span_is(n->op, "PRelu") || n->ins != 2 || n->outs != 1 ||
	    n->out.len > ONNX_NAME_MAX)
		return NULL;
	w = conv_weights(g, onnx_maker(g, n->in[0]));
	slope = onnx_own_weights(g, n->in[1]);
	return w && slope && slope->rank == 3 && slope->dims[0] == w->dims[0] &&
		       slope->dims[1] == 1 && slope->dims[2] == 1
		   ? slope
		   : NULL;
}

/*
 * wide (any Conv) - PRelu - depthwise Conv - PRelu - narrow (any Conv): as many channels
 * throughout, and nobody else looks at them.
 */
#define BY_CHANNEL_MAX 6
struct chain {
	struct onnx_node *depthwise;
	struct onnx_tensor *by_channel[BY_CHANNEL_MAX]; /* first dimension: the channels */
	size_t by_channel_len;
	struct onnx_tensor *narrow; /* second dimension: the channels */
	int64_t channels;
};

static bool add_to_chain(struct chain *c, struct onnx_tensor *t)
{
	if (!t || t->dims[0] != c->channels)
		return false;
	c->by_channel[c->by_channel_len++] = t;
	return true;
}

static bool add_conv(struct chain *c, const struct onnx_graph *g, const struct onnx_node *n)
{
	return add_to_chain(c, conv_weights(g, n)) &&
	       (n->ins == 2 || add_to_chain(c, onnx_own_weights(g, n->in[2])));
}

static bool find_chain(struct chain *c, const struct onnx_graph *g, const struct onnx_node *first)
{
	const struct onnx_node *wide = onnx_maker(g, first->in[0]), *second, *narrow;

	if (!prelu_slopes(g, first) || wide->group != 1 || onnx_sole_user(g, wide->out) != first)
		return false;
	*c = (struct chain){.channels = conv_weights(g, wide)->dims[0]};
	c->depthwise = onnx_sole_user(g, first->out);
	if (!conv_weights(g, c->depthwise) || c->depthwise->group != c->channels)
		return false;
	second = onnx_sole_user(g, c->depthwise->out);
	if (!second || !prelu_slopes(g, second))
		return false;
	narrow = onnx_sole_user(g, second->out);
	c->narrow = conv_weights(g, narrow);
	return c->narrow && narrow->group == 1 && c->narrow->dims[1] == c->channels &&
	       add_conv(c, g, wide) && add_to_chain(c, prelu_slopes(g, first)) &&
	       add_conv(c, g, c->depthwise) && add_to_chain(c, prelu_slopes(g, second));
}

static void put_zeros(struct buf *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf_u8(out, 0);
}

/* More along dimension `axis`, all zero. */
static void grow(struct onnx_tensor *t, size_t axis, int64_t to)
{
	struct span floats = onnx_floats(t);
	size_t rows = 1, from_len, to_len;
	struct buf grown = {0};

	for (size_t i = 0; i < axis; i++)
		rows *= (size_t)t->dims[i];
	from_len = floats.len / rows;
	to_len = from_len / (size_t)t->dims[axis] * (size_t)to;
	for (size_t i = 0; i < rows; i++) {
		buf_put(&grown, floats.p + i * from_len, from_len);
		put_zeros(&grown, to_len - from_len);
	}
	buf_free(&t->grown);
	t->grown = grown;
	t->dims[axis] = to;
}

static void fill_blocks(struct chain *c)
{
	int64_t to = (c->channels + BLOCK - 1) / BLOCK * BLOCK;

	for (size_t i = 0; i < c->by_channel_len; i++)
		grow(c->by_channel[i], 0, to);
	grow(c->narrow, 1, to);
	c->depthwise->group = to;
	c->depthwise->regrouped = true;
}

/* The number of nodes changed. */
static size_t rework_nodes(struct onnx_graph *g)
{
	size_t changed = 0;
	struct chain c;

	for (size_t i = 0; i < g->nodes; i++) {
		struct onnx_node *n = &g->node[i];

		if (!prelu_slopes(g, n))
			continue;
		if (find_chain(&c, g, n) && c.channels % BLOCK != 0)
			fill_blocks(&c);
		n->split = true;
		changed++;
	}
	return changed;
}

tanu_status onnx_rework(struct buf *weights, tanu_error *err)
{
	struct buf out = {0};
	struct onnx_graph g = {0};
	tanu_status st = TANU_OK;

	if (!onnx_read(&g, weights->data, weights->len))
		return TANU_OK;
	if (rework_nodes(&g) == 0)
		goto out;
	onnx_write(&out, &g);
	if ((st = buf_check(&out, err)) < 0)
		goto out;
	buf_free(weights);
	*weights = out;
	out = (struct buf){0};
out:
	buf_free(&out);
	onnx_close(&g);
	return st;
}
