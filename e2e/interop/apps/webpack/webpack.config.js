export default {
  mode: 'production',
  entry: './main.js', // index.html loads dist/main.js
};
