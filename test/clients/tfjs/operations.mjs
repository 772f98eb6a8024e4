// biome-ignore-all lint/performance/noDynamicNamespaceImportAccess: the table is made of names
/** Operations of tfjs by name: makers of their inputs, and what is computed of them. The numbers are the same each time. */
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops";
import "@tensorflow/tfjs-core/dist/register_all_gradients";

let state = 1;
const rand = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const fill = (shape, f = () => rand() * 4 - 2) => {
  const n = shape.reduce((a, b) => a * b, 1);
  return [Array.from({ length: n }, f), shape];
};
const F = (shape, f) => {
  const [d, s] = fill(shape, f);
  return () => tf.tensor(d, s);
};
const I = (shape, below = 5) => {
  const [d, s] = fill(shape, () => Math.floor(rand() * below));
  return () => tf.tensor(d, s, "int32");
};
const B = (shape) => {
  const [d, s] = fill(shape, () => (rand() < 0.5 ? 1 : 0));
  return () => tf.tensor(d, s, "bool");
};
const P = (shape) => F(shape, () => rand() * 3 + 0.1);
const U = (shape) => F(shape, () => rand() * 1.8 - 0.9);

export const ops = {};
for (const n of "abs ceil floor neg sign square relu relu6 elu selu sigmoid logSigmoid softplus sin cos tan sinh cosh tanh exp expm1 erf round step isNaN isFinite isInf reciprocal".split(
  " ",
))
  ops[n] = [[F([3, 5])], (x) => tf[n](x)];
for (const n of "sqrt rsqrt log log1p".split(" ")) ops[n] = [[P([3, 5])], (x) => tf[n](x)];
for (const n of "asin acos atan asinh atanh".split(" ")) ops[n] = [[U([3, 5])], (x) => tf[n](x)];
ops.acosh = [[F([7], () => 1 + rand() * 3)], (x) => tf.acosh(x)];
for (const n of "add sub mul div maximum minimum squaredDifference divNoNan atan2".split(" ")) {
  ops[n] = [[F([4, 5]), P([4, 5])], (a, b) => tf[n](a, b)];
  ops[`${n} broadcast`] = [[F([3, 1, 5]), P([4, 1])], (a, b) => tf[n](a, b)];
}
for (const n of "pow mod floorDiv".split(" ")) ops[n] = [[P([4, 5]), P([4, 5])], (a, b) => tf[n](a, b)];
for (const n of "equal notEqual less lessEqual greater greaterEqual".split(" ")) ops[n] = [[I([4, 5]), I([4, 5])], (a, b) => tf[n](a, b)];
for (const n of "logicalAnd logicalOr logicalXor".split(" ")) ops[n] = [[B([9]), B([9])], (a, b) => tf[n](a, b)];
ops.logicalNot = [[B([9])], (a) => tf.logicalNot(a)];
ops.prelu = [[F([3, 4]), F([4])], (x, a) => tf.prelu(x, a)];
ops.leakyRelu = [[F([3, 4])], (x) => tf.leakyRelu(x, 0.2)];
ops.clip = [[F([3, 4])], (x) => tf.clipByValue(x, -0.5, 0.7)];
ops.where = [[B([3, 4]), F([3, 4]), F([3, 4])], (c, a, b) => tf.where(c, a, b)];
for (const n of "sum mean max min prod".split(" ")) {
  ops[n] = [[F([4, 7, 3])], (x) => tf[n](x)];
  ops[`${n} axis`] = [[F([4, 7, 3])], (x) => tf[n](x, 1)];
  ops[`${n} large`] = [[F([3, 1000], () => rand() * 0.1 + 0.95)], (x) => tf[n](x, 1)];
}
for (const n of "all any".split(" ")) ops[n] = [[B([4, 6])], (x) => tf[n](x, 1)];
for (const n of "argMax argMin".split(" ")) ops[n] = [[F([5, 70])], (x) => tf[n](x, 1)];
ops.logSumExp = [[F([4, 6])], (x) => tf.logSumExp(x, 1)];
ops.softmax = [[F([4, 60])], (x) => tf.softmax(x)];
ops.logSoftmax = [[F([4, 6])], (x) => tf.logSoftmax(x)];
ops.norm = [[F([4, 6])], (x) => tf.norm(x)];
ops.moments = [[F([4, 6])], (x) => Object.values(tf.moments(x, 1))];
ops.cumsum = [[F([4, 9])], (x) => tf.cumsum(x, 1)];
ops["cumsum reverse exclusive"] = [[F([4, 9])], (x) => tf.cumsum(x, 1, true, true)];
ops.cumprod = [[P([4, 6])], (x) => tf.cumprod(x, 1)];
for (const [m, k, n] of [
  [2, 3, 4],
  [33, 65, 17],
  [64, 64, 64],
  [1, 100, 50],
  [128, 31, 3],
  [3, 513, 200],
])
  ops[`matMul ${m}x${k}x${n}`] = [[F([m, k]), F([k, n])], (a, b) => tf.matMul(a, b)];
ops["matMul transposed"] = [[F([40, 30]), F([50, 40])], (a, b) => tf.matMul(a, b, true, true)];
ops["matMul batch"] = [[F([3, 20, 30]), F([3, 30, 10])], (a, b) => tf.matMul(a, b)];
ops["matMul batch broadcast"] = [[F([3, 20, 30]), F([1, 30, 10])], (a, b) => tf.matMul(a, b)];
ops["fused.matMul"] = [[F([20, 30]), F([30, 8]), F([8])], (a, b, bias) => tf.fused.matMul({ a, b, bias, activation: "relu" })];
ops.dot = [[F([20]), F([20])], (a, b) => tf.dot(a, b)];
ops.outerProduct = [[F([6]), F([5])], (a, b) => tf.outerProduct(a, b)];
for (const [name, x, w, s, p, d] of [
  ["3x3", [1, 9, 8, 3], [3, 3, 3, 4], 1, "same", 1],
  ["3x3 stride 2", [2, 9, 8, 3], [3, 3, 3, 4], 2, "valid", 1],
  ["1x1", [1, 6, 6, 8], [1, 1, 8, 16], 1, "same", 1],
  ["dilated", [1, 11, 11, 4], [3, 3, 4, 4], 1, "same", 2],
  ["5x5 wide", [1, 16, 16, 16], [5, 5, 16, 32], 1, "same", 1],
  ["vec4", [1, 12, 12, 32], [3, 3, 32, 64], 1, "same", 1],
]) {
  ops[`conv2d ${name}`] = [[F(x), F(w)], (a, b) => tf.conv2d(a, b, s, p, "NHWC", d)];
}
ops["fused.conv2d"] = [
  [F([1, 8, 8, 4]), F([3, 3, 4, 8]), F([8])],
  (x, filter, bias) => tf.fused.conv2d({ x, filter, strides: 1, pad: "same", bias, activation: "relu6" }),
];
ops.depthwiseConv2d = [[F([1, 9, 9, 8]), F([3, 3, 8, 1])], (x, w) => tf.depthwiseConv2d(x, w, 1, "same")];
ops["depthwiseConv2d multiplier"] = [[F([1, 9, 9, 3]), F([3, 3, 3, 2])], (x, w) => tf.depthwiseConv2d(x, w, 2, "valid")];
ops["fused.depthwiseConv2d"] = [
  [F([1, 9, 9, 8]), F([3, 3, 8, 1]), F([8])],
  (x, filter, bias) => tf.fused.depthwiseConv2d({ x, filter, strides: 1, pad: "same", bias, activation: "relu" }),
];
ops.separableConv2d = [[F([1, 8, 8, 3]), F([3, 3, 3, 1]), F([1, 1, 3, 5])], (x, d, p) => tf.separableConv2d(x, d, p, 1, "same")];
ops.conv1d = [[F([2, 12, 3]), F([3, 3, 4])], (x, w) => tf.conv1d(x, w, 1, "same")];
ops.conv3d = [[F([1, 5, 5, 5, 2]), F([2, 2, 2, 2, 3])], (x, w) => tf.conv3d(x, w, 1, "same")];
ops.conv2dTranspose = [[F([1, 4, 4, 3]), F([3, 3, 2, 3])], (x, w) => tf.conv2dTranspose(x, w, [1, 8, 8, 2], 2, "same")];
for (const n of "maxPool avgPool".split(" ")) {
  ops[n] = [[F([1, 9, 9, 3])], (x) => tf[n](x, 3, 2, "same")];
  ops[`${n}3d`] = [[F([1, 4, 4, 4, 2])], (x) => tf[`${n}3d`](x, 2, 2, "valid")];
}
ops["maxPool grad"] = [[F([1, 6, 6, 2])], (x) => tf.grad((y) => tf.maxPool(y, 2, 2, "valid").square())(x)];
ops["avgPool grad"] = [[F([1, 6, 6, 2])], (x) => tf.grad((y) => tf.avgPool(y, 2, 2, "valid").square())(x)];
ops["conv2d grads"] = [[F([1, 6, 6, 2]), F([3, 3, 2, 3])], (x, w) => tf.grads((a, b) => tf.conv2d(a, b, 1, "same").square())([x, w])];
ops["depthwise grads"] = [
  [F([1, 6, 6, 2]), F([3, 3, 2, 1])],
  (x, w) => tf.grads((a, b) => tf.depthwiseConv2d(a, b, 1, "same").square())([x, w]),
];
ops["matMul grads"] = [[F([6, 5]), F([5, 7])], (x, w) => tf.grads((a, b) => tf.matMul(a, b).square())([x, w])];
ops["softmax grad"] = [[F([4, 6])], (x) => tf.grad((y) => tf.softmax(y).square())(x)];
ops.batchNorm = [[F([2, 3, 3, 4]), F([4]), P([4]), F([4]), P([4])], (x, m, v, o, s) => tf.batchNorm(x, m, v, o, s, 0.001)];
ops.localResponseNormalization = [[F([1, 3, 3, 8])], (x) => tf.localResponseNormalization(x, 3)];
ops.reshape = [[F([4, 6])], (x) => x.reshape([3, 8]).add(1)];
ops.transpose = [[F([40, 33])], (x) => tf.transpose(x)];
ops["transpose 4d"] = [[F([2, 3, 4, 5])], (x) => tf.transpose(x, [3, 1, 0, 2])];
ops.reverse = [[F([3, 4, 5])], (x) => tf.reverse(x, [0, 2])];
ops.concat = [[F([3, 4]), F([3, 2]), F([3, 9])], (...x) => tf.concat(x, 1)];
ops.stack = [[F([3, 4]), F([3, 4])], (...x) => tf.stack(x, 1)];
ops.unstack = [[F([3, 4])], (x) => tf.unstack(x, 1)];
ops.split = [[F([3, 9])], (x) => tf.split(x, [2, 3, 4], 1)];
ops.slice = [[F([5, 6, 7])], (x) => tf.slice(x, [1, 2, 3], [3, 2, 4])];
ops.stridedSlice = [[F([9, 8])], (x) => tf.stridedSlice(x, [1, 7], [8, 0], [2, -2])];
ops.pad = [
  [F([3, 4])],
  (x) =>
    tf.pad(
      x,
      [
        [1, 2],
        [0, 3],
      ],
      0.5,
    ),
];
ops.mirrorPad = [
  [F([3, 4])],
  (x) =>
    tf.mirrorPad(
      x,
      [
        [1, 2],
        [0, 3],
      ],
      "reflect",
    ),
];
ops.tile = [[F([3, 4])], (x) => tf.tile(x, [2, 3])];
ops.expandDims = [[F([3, 4])], (x) => tf.expandDims(x, 1).add(x)];
ops.broadcastTo = [[F([3, 1])], (x) => tf.broadcastTo(x, [2, 3, 4])];
ops.gather = [[F([6, 5]), I([4], 6)], (x, i) => tf.gather(x, i)];
ops["gather axis 1"] = [[F([6, 5]), I([4], 5)], (x, i) => tf.gather(x, i, 1)];
ops.gatherND = [[F([5, 6, 2]), I([7, 2], 5)], (x, i) => tf.gatherND(x, i)];
ops.scatterND = [[F([4, 3])], (x) => tf.scatterND(tf.tensor2d([[4], [3], [1], [7]], [4, 1], "int32"), x, [8, 3])];
ops.tensorScatterUpdate = [[F([8]), F([4])], (t, x) => tf.tensorScatterUpdate(t, tf.tensor2d([[4], [3], [1], [7]], [4, 1], "int32"), x)];
ops.sparseToDense = [[F([3])], (x) => tf.sparseToDense(tf.tensor1d([1, 3, 6], "int32"), x, [8])];
ops.oneHot = [[I([6])], (x) => tf.oneHot(x, 5)];
ops.topk = [[F([3, 40])], (x) => Object.values(tf.topk(x, 5))];
ops.batchToSpaceND = [
  [F([4, 2, 2, 1])],
  (x) =>
    tf.batchToSpaceND(
      x,
      [2, 2],
      [
        [0, 0],
        [0, 0],
      ],
    ),
];
ops.spaceToBatchND = [
  [F([1, 4, 4, 1])],
  (x) =>
    tf.spaceToBatchND(
      x,
      [2, 2],
      [
        [0, 0],
        [0, 0],
      ],
    ),
];
ops.depthToSpace = [[F([1, 2, 2, 8])], (x) => tf.depthToSpace(x, 2)];
ops.resizeBilinear = [[F([1, 5, 5, 3])], (x) => tf.image.resizeBilinear(x, [9, 8])];
ops["resizeBilinear corners"] = [[F([1, 5, 5, 3])], (x) => tf.image.resizeBilinear(x, [9, 8], true)];
ops.resizeNearest = [[F([1, 5, 5, 3])], (x) => tf.image.resizeNearestNeighbor(x, [9, 8])];
ops.cropAndResize = [[F([1, 8, 8, 2])], (x) => tf.image.cropAndResize(x, tf.tensor2d([[0.1, 0.1, 0.8, 0.9]]), [0], [4, 5])];
ops.flipLeftRight = [[F([1, 4, 5, 2])], (x) => tf.image.flipLeftRight(x)];
ops.rotateWithOffset = [[F([1, 8, 8, 3])], (x) => tf.image.rotateWithOffset(x, 0.3)];
ops.transform = [[F([1, 8, 8, 3])], (x) => tf.image.transform(x, tf.tensor2d([[1, 0.2, 0.5, 0, 1, 0.3, 0, 0]]), "bilinear")];
ops.nonMaxSuppression = [[F([6, 4], () => rand()), P([6])], (b, s) => tf.image.nonMaxSuppression(b, s, 3)];
ops.dilation2d = [[F([1, 6, 6, 2]), F([2, 2, 2])], (x, w) => tf.dilation2d(x, w, 1, "same", 1)];
ops.cast = [[F([3, 4])], (x) => tf.cast(x, "int32")];
ops["cast to bool"] = [[I([3, 4], 2)], (x) => tf.cast(x, "bool")];
ops["int32 add"] = [[I([30], 1e6), I([30], 1e6)], (a, b) => tf.add(a, b)];
ops["int32 mul"] = [[I([30], 1e3), I([30], 1e3)], (a, b) => tf.mul(a, b)];
ops["int32 div"] = [[I([30], 1e3), F([30], () => 3)], (a, b) => tf.floorDiv(a, b.cast("int32"))];
ops.fill = [[], () => tf.fill([4, 5], 2.5)];
ops.range = [[], () => tf.range(0, 20, 3)];
ops.linspace = [[], () => tf.linspace(0, 1, 7)];
ops.zerosLike = [[F([3])], (x) => tf.zerosLike(x)];
ops.onesLike = [[F([3])], (x) => tf.onesLike(x)];
ops.eye = [[], () => tf.eye(4)];
ops.einsum = [[F([3, 4]), F([4, 5])], (a, b) => tf.einsum("ij,jk->ik", a, b)];
ops.bincount = [[I([40], 6)], (x) => tf.bincount(x, [], 6)];
ops.denseBincount = [[I([4, 10], 6)], (x) => tf.denseBincount(x, [], 6)];
ops.complex = [
  [F([8]), F([8])],
  (a, b) => {
    const c = tf.complex(a, b);
    return [tf.real(c), tf.imag(c)];
  },
];
ops.fft = [
  [F([2, 16]), F([2, 16])],
  (a, b) => {
    const c = tf.fft(tf.complex(a, b));
    return [tf.real(c), tf.imag(c)];
  },
];
ops.rfft = [
  [F([2, 16])],
  (a) => {
    const c = tf.spectral.rfft(a);
    return [tf.real(c), tf.imag(c)];
  },
];
ops.ifft = [
  [F([2, 16]), F([2, 16])],
  (a, b) => {
    const c = tf.ifft(tf.complex(a, b));
    return [tf.real(c), tf.imag(c)];
  },
];
ops.searchSorted = [[F([6], () => rand())], (v) => tf.searchSorted(tf.tensor1d([0.1, 0.3, 0.5, 0.9]), v)];
ops["layer mlp training step"] = [
  [F([16, 8]), F([16, 2]), F([8, 12]), F([12, 2])],
  (x, y, a, b) => tf.grads((w1, w2) => tf.losses.meanSquaredError(y, tf.matMul(tf.relu(tf.matMul(x, w1)), w2)))([a, b]),
];
ops.lstm = [[F([12, 16]), F([16]), F([1, 8]), F([1, 4]), F([1, 4])], (k, b, x, c, h) => tf.basicLSTMCell(tf.scalar(1), k, b, x, c, h)];
ops.attention = [
  [F([2, 10, 16]), F([2, 10, 16]), F([2, 10, 16])],
  (q, k, v) => tf.matMul(tf.softmax(tf.matMul(q, k, false, true).div(4)), v),
];
ops["large elementwise"] = [[F([300, 1000])], (x) => tf.tanh(x).mul(x).add(1)];
ops["large sum"] = [[F([1_000_000], () => rand() - 0.5)], (x) => tf.sum(x)];
